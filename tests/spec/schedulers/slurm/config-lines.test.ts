import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { configLines, includedFiles } from "../../../../spec/schedulers/slurm/config-lines";
import { readLines } from "../../../../spec/schedulers/slurm/site/lines";
import { propertyRuns } from "../../../property-runs";

/** What stands in the text where each value is said to be. */
function written(text: string): string[] {
  return configLines(text).flatMap(({ pairs }) =>
    pairs.map(({ from, to }) => text.slice(from, to)),
  );
}

describe("the lines of a slurm.conf", () => {
  test("have the place of each value in the text, with its quotes and its continuations", () => {
    const text = '\uFEFFA = "x # y" B+=1,\\\r\n2 # c=d\r\n\r\nC=a\\#b\rD=\nE= # f';
    expect(written(text)).toEqual(['"x # y"', "1,\\\r\n2", "a\\#b", "", ""]);
    expect(configLines(text).map(({ line, pairs }) => [line, ...pairs.map(said)])).toEqual([
      [1, "A=x # y", "B+=1,2"],
      [4, "C=a#b"],
      [5, "D="],
      [6, "E="],
    ]);
  });

  test("end before a comment, where a value that is empty has its place behind the =", () => {
    for (const text of ["A=", "A=  # x", "A=\\", "A= \\\n", "A=\n"]) {
      const [from] = configLines(text).flatMap(({ pairs }) => pairs.map((pair) => pair.from));
      expect([text, from]).toEqual([text, 2]);
    }
  });

  test("name what they include, with quotes or without, and nothing in a comment", () => {
    const text = 'Include "a.conf"\n include b.conf # x\n#Include c\nINCLUDE d/e.conf\nInclude f g';
    expect(includedFiles(text)).toEqual(["a.conf", "b.conf", "d/e.conf"]);
  });

  const piece = fc.constantFrom(
    ...["A", "b_1", "=", "+=", "-=", '"', "#", "\\", "\\#", " ", "\t", ",", "x", "\uFEFF"],
    ...["\n", "\r\n", "\r", "\\\n", "Include ", '="a#b"', "=x"],
  );

  test("are those that the site's reader has, and every value is where it is said to be", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join("");
        const found = configLines(text);
        const read = readLines("slurm.conf", text, () => "").lines;
        const saying = found.filter(({ pairs }) => pairs.length > 0);
        expect(read.map(({ line }) => line)).toEqual(saying.map(({ line }) => line));
        expect(read.map(({ pairs }) => pairs.map(said))).toEqual(
          saying.map(({ pairs }) => pairs.map(said)),
        );
        for (const { value, from, to } of saying.flatMap(({ pairs }) => pairs)) {
          const bare = text.slice(from, to).replaceAll(/\\\s*?(\r\n|\r|\n)/g, "");
          const plain = bare.startsWith('"') ? bare.slice(1, -1) : bare.replaceAll("\\#", "#");
          expect(plain).toBe(value);
        }
      }),
      { numRuns: propertyRuns(1000) },
    );
  });
});

function said({ key, adds, value }: { key: string; adds: boolean; value: string }): string {
  return `${key}${adds ? "+" : ""}=${value}`;
}
