import { crc32, deflateSync } from 'node:zlib';
import { encode } from 'uqr';

/** Pixels of one module's side. */
const MODULE_PIXELS = 4;

/** Modules of white around the code. Source: ISO/IEC 18004 */
const BORDER_MODULES = 4;

const PNG_SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A text as a QR code, as a PNG image of one bit a pixel. */
export function drawQrCode(text: string): Uint8Array {
  const { data } = encode(text, { ecc: 'M', border: BORDER_MODULES });
  const side = data.length * MODULE_PIXELS;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  // One bit of grey; deflate, no interlace.
  header.writeUInt8(1, 8);
  const rows = data.flatMap((modules) => {
    const row = drawRow(modules, side);
    return Array.from({ length: MODULE_PIXELS }, () => row);
  });
  return new Uint8Array(
    Buffer.concat([
      PNG_SIGNATURE,
      chunk('IHDR', header),
      chunk('IDAT', deflateSync(Buffer.concat(rows))),
      chunk('IEND', Buffer.alloc(0)),
    ]),
  );
}

/** A filter byte, then the pixels: 1 is white. */
function drawRow(modules: readonly boolean[], side: number): Buffer {
  const row = Buffer.alloc(1 + Math.ceil(side / 8));
  for (let pixel = 0; pixel < side; pixel += 1) {
    if (modules[Math.floor(pixel / MODULE_PIXELS)] !== true) {
      const at = 1 + (pixel >> 3);
      row.writeUInt8(row.readUInt8(at) | (0x80 >> (pixel & 7)), at);
    }
  }
  return row;
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.byteLength);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
