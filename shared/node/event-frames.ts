/** One message of a stream of server-sent events. */
export interface EventFrame {
  readonly id: string | undefined;
  /** `message` where the stream names none. */
  readonly event: string;
  /** Its data as JSON, or `undefined` where it is none. */
  readonly data: unknown;
}

/** Reads a stream of server-sent events (WHATWG HTML, section 9.2.6) whose data is JSON; comments are passed over. */
export async function* readFrames(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<EventFrame, void, undefined> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split(/\r?\n\r?\n/);
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const frame = readFrame(block);
      if (frame !== undefined) yield frame;
    }
  }
}

function readFrame(block: string): EventFrame | undefined {
  let id: string | undefined;
  let event = 'message';
  const data: string[] = [];
  for (const line of block.split(/\r?\n/)) {
    const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (field === 'id') id = value;
    if (field === 'event') event = value;
    if (field === 'data') data.push(value);
  }
  return data.length === 0 ? undefined : { id, event, data: parse(data.join('\n')) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
