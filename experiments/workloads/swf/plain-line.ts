import { swfFields } from "./record";

const fieldCount = swfFields.length;
const cpu = swfFields.findIndex(([field]) => field === "cpu");
/** Digits whose value is exact in a double. */
const exactDigits = 15;

const tab = 9;
const lineFeed = 10;
const carriageReturn = 13;
const space = 32;
const minus = 45;
const point = 46;
const zero = 48;

/**
 * Reads a job line that has nothing odd: 18 whole numbers or −1, the CPU time with a fraction too.
 * Writes them to `values` from `at` on. Returns the place after the line's end, or −1 for any other
 * line, which SwfParser reads with care. A line lasts to its line feed, or to the end of the bytes.
 */
export function readPlainLine(
  bytes: Uint8Array,
  from: number,
  values: Float64Array,
  at: number,
): number {
  let place = from;
  let byte = bytes[place] ?? lineFeed;
  for (let field = 0; field < fieldCount; field += 1) {
    while (byte === space || byte === tab) byte = bytes[++place] ?? lineFeed;
    if (byte === minus) {
      if (bytes[place + 1] !== zero + 1) return -1;
      values[at + field] = -1;
      place += 2;
      byte = bytes[place] ?? lineFeed;
    } else {
      let digit = byte - zero;
      if (digit < 0 || digit > 9) return -1;
      const first = place;
      let value = 0;
      while (digit >= 0 && digit <= 9) {
        value = value * 10 + digit;
        byte = bytes[++place] ?? lineFeed;
        digit = byte - zero;
      }
      let length = place - first;
      if (byte === point && field === cpu) {
        byte = bytes[++place] ?? lineFeed;
        digit = byte - zero;
        let scale = 1;
        while (digit >= 0 && digit <= 9) {
          value = value * 10 + digit;
          scale *= 10;
          length += 1;
          byte = bytes[++place] ?? lineFeed;
          digit = byte - zero;
        }
        // Both are exact below 10^15, so that the quotient is the nearest double, as Number() gives.
        value /= scale;
      }
      if (length > exactDigits) return -1;
      values[at + field] = value;
    }
    if (byte !== space && byte !== tab && field < fieldCount - 1) return -1;
  }
  while (byte === space || byte === tab || byte === carriageReturn) {
    byte = bytes[++place] ?? lineFeed;
  }
  return byte === lineFeed ? place + 1 : -1;
}
