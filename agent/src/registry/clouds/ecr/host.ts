/** Where a private registry of Amazon ECR is. */
export interface EcrHost {
  /** 12 digits. */
  readonly account: string;
  /** `eu-central-1`. */
  readonly region: string;
  /** Whether it is the endpoint with validated cryptography. */
  readonly fips: boolean;
}

/** `<account>.dkr.ecr[-fips].<region>.amazonaws.com[.cn]`, and the dual-stack spelling `<account>.dkr-ecr[-fips].<region>.on.aws`. */
const PRIVATE_REGISTRY =
  /^(?<account>\d{12})\.dkr[.-]ecr(?<fips>-fips)?\.(?<region>[a-z]{2,4}(?:-[a-z]+)+-\d{1,2})\.(?:amazonaws\.com(?:\.cn)?|on\.(?:aws|amazonwebservices\.com\.cn))$/;

/** Reads a registry's host name; `undefined` where it is no private registry of ECR. */
export function parseEcrHost(hostname: string): EcrHost | undefined {
  const { account, region, fips } = PRIVATE_REGISTRY.exec(hostname)?.groups ?? {};
  if (account === undefined || region === undefined) return undefined;
  return { account, region, fips: fips !== undefined };
}
