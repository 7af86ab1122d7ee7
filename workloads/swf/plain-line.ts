import { type SwfField, swfFields } from "./record";

const fieldCount = swfFields.length;
/** Fields that may have a fraction: times and amounts of memory. */
export const realFields: ReadonlySet<SwfField> = new Set([
  "submit",
  "wait",
  "run",
  "cpu",
  "memory",
  "estimate",
  "requestedMemory",
  "think",
]);
/** Fields from which a job's instants are made. */
export const instantFields: ReadonlySet<SwfField> = new Set(["submit", "wait", "run", "estimate"]);
const real = swfFields.map(([field]) => realFields.has(field));
const instant = swfFields.map(([field]) => instantFields.has(field));
/** Digits whose value is exact in a double. */
const exactDigits = 15;

const tab = 9;
const lineFeed = 10;
const carriageReturn = 13;
const space = 32;
const minus = 45;
const point = 46;
const zero = 48;

/** Reads job lines without anything odd: 18 numbers or −1, where times and memory may have a fraction. */
export class PlainLines {
  /** Most decimals of a field from which instants are made, of all lines that were read. */
  decimals = 0;

  /**
   * Writes the fields to `values` from `at` on. Returns the place after the line's end, or −1 for any
   * other line, which SwfParser reads with care. A line lasts to its line feed, or to the end of the
   * bytes.
   */
  read(bytes: Uint8Array, from: number, values: Float64Array, at: number): number {
    let place = from;
    let byte = bytes[place] as number;
    let decimals = 0;
    for (let field = 0; field < fieldCount; field += 1) {
      while (byte === space || byte === tab) byte = bytes[++place] as number;
      if (byte === minus) {
        if (bytes[place + 1] !== zero + 1) return -1;
        values[at + field] = -1;
        place += 2;
        byte = bytes[place] as number;
      } else {
        let digit = byte - zero;
        if (!(digit >= 0 && digit <= 9)) return -1;
        const first = place;
        let value = digit;
        byte = bytes[++place] as number;
        digit = byte - zero;
        while (digit >= 0 && digit <= 9) {
          value = value * 10 + digit;
          byte = bytes[++place] as number;
          digit = byte - zero;
        }
        let length = place - first;
        if (byte === point && real[field] === true) {
          byte = bytes[++place] as number;
          digit = byte - zero;
          let scale = 1;
          const whole = length;
          while (digit >= 0 && digit <= 9) {
            value = value * 10 + digit;
            scale *= 10;
            length += 1;
            byte = bytes[++place] as number;
            digit = byte - zero;
          }
          // Both are exact below 10^15, so that the quotient is the nearest double, as Number() gives.
          value /= scale;
          if (length - whole > decimals && instant[field] === true) decimals = length - whole;
        }
        if (length > exactDigits) return -1;
        values[at + field] = value;
      }
      if (byte !== space && byte !== tab && field < fieldCount - 1) return -1;
    }
    while (byte === space || byte === tab || byte === carriageReturn) {
      byte = bytes[++place] as number;
    }
    if (byte !== lineFeed) return -1;
    if (decimals > this.decimals) this.decimals = decimals;
    return place + 1;
  }
}
