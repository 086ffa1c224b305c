/**
 * An animation made of single pictures in WebP, as https://developers.google.com/speed/webp/docs/riff_container has it.
 * The pictures are put one after the other as they are; nothing is encoded anew.
 */

export interface Frame {
  /** A whole WebP file with one picture in it, all of them of one size. */
  readonly picture: Buffer;
  /** At most 16,777,215. */
  readonly durationMs: number;
}

interface Chunk {
  /** Four characters. */
  readonly name: string;
  readonly data: Buffer;
}

/** What a picture consists of; everything else in a file is about it. */
const PICTURE_CHUNKS = ['ALPH', 'VP8 ', 'VP8L'];

const ANIMATION_FLAG = 0b10;
const DO_NOT_BLEND = 0b10;
const HEADER_BYTES = 8;

/** Plays without end. */
export function animatedWebp(
  frames: readonly Frame[],
  size: { readonly width: number; readonly height: number },
): Buffer {
  const dimensions = Buffer.concat([uint24(size.width - 1), uint24(size.height - 1)]);
  const features = Buffer.concat([Buffer.from([ANIMATION_FLAG, 0, 0, 0]), dimensions]);
  const background = Buffer.from([0xff, 0xff, 0xff, 0xff]);
  const endless = Buffer.from([0, 0]);
  const chunks = [
    chunkOf('VP8X', features),
    chunkOf('ANIM', Buffer.concat([background, endless])),
    ...frames.map(({ picture, durationMs }) => {
      const place = Buffer.concat([uint24(0), uint24(0), dimensions, uint24(durationMs)]);
      const parts = chunksIn(picture)
        .filter(({ name }) => PICTURE_CHUNKS.includes(name))
        .map(({ name, data }) => chunkOf(name, data));
      return chunkOf('ANMF', Buffer.concat([place, Buffer.from([DO_NOT_BLEND]), ...parts]));
    }),
  ];
  return chunkOf('RIFF', Buffer.concat([Buffer.from('WEBP'), ...chunks]));
}

/** Throws when it is no WebP. */
function chunksIn(file: Buffer): Chunk[] {
  if (file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WEBP') {
    throw new Error('a frame is not a WebP file');
  }
  const chunks: Chunk[] = [];
  let at = 12;
  while (at + HEADER_BYTES <= file.length) {
    const bytes = file.readUInt32LE(at + 4);
    const data = file.subarray(at + HEADER_BYTES, at + HEADER_BYTES + bytes);
    chunks.push({ name: file.toString('latin1', at, at + 4), data });
    at += HEADER_BYTES + bytes + (bytes % 2);
  }
  return chunks;
}

/** Padded to an even number of bytes, which its length does not count. */
function chunkOf(name: string, data: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(name, 'latin1');
  header.writeUInt32LE(data.length, 4);
  return Buffer.concat([header, data, Buffer.alloc(data.length % 2)]);
}

function uint24(value: number): Buffer {
  const bytes = Buffer.alloc(3);
  bytes.writeUIntLE(value, 0, 3);
  return bytes;
}
