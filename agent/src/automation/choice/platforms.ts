/**
 * Whether an image for these platforms (`os/architecture` with or without `/variant`) runs on one. Of variants an older one runs
 * on a newer; where one side names none, that says nothing. An image that tells no platform counts as running everywhere.
 */
export function runsOn(platforms: readonly string[], wanted: string): boolean {
  return platforms.length === 0 || platforms.some((platform) => fits(platform.split('/'), wanted.split('/')));
}

function fits([os, architecture, variant]: readonly string[], [wantedOs, wantedArchitecture, most]: readonly string[]) {
  if (os !== wantedOs || architecture !== wantedArchitecture) return false;
  if (variant === undefined || most === undefined || variant === most) return true;
  const [has, atMost] = [numberOf(variant), numberOf(most)];
  return has !== undefined && atMost !== undefined && has <= atMost;
}

function numberOf(variant: string): number | undefined {
  const digits = /^v(\d+)$/.exec(variant)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
