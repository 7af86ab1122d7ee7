import fc from "fast-check";
import { expect, test } from "vitest";
import { html, trusted } from "../../../analysis/report/html";

test("what is interpolated is escaped, in text and in attributes", () => {
  const name = `</td><script>alert("1")</script>'`;
  const { text } = html`<td title="${name}">${name}</td>`;
  expect(text).not.toContain("<script>");
  expect(text.match(/&quot;1&quot;/g)).toHaveLength(2);
  expect(text).toContain("&#39;");
});

test("markup and lists of it stay as they are, null leaves nothing", () => {
  const items = ["a", "<b>"].map((item) => html`<li>${item}</li>`);
  expect(html`<ul>${items}${null}${undefined}</ul>`.text).toBe(
    "<ul><li>a</li><li>&lt;b&gt;</li></ul>",
  );
  expect(html`${trusted("<hr>")}`.text).toBe("<hr>");
});

test("no text makes a tag, ends an attribute or turns the direction of what follows", () => {
  const forbidden = ["<", ">", '"', "'", "\u202e", "\u0000"];
  fc.assert(
    fc.property(fc.string(), (name) => {
      const { text } = html`${name + forbidden.join("")}`;
      expect(forbidden.filter((character) => text.includes(character))).toEqual([]);
    }),
  );
});
