/** Text that is HTML already. Made by `html` and `trusted` only. */
export class Markup {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

type Content = Markup | string | number | null | undefined | readonly Content[];

/** Escapes every interpolated value except Markup; null and undefined are left out. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  const rest = contents.map((content, index) => render(content) + (parts[index + 1] ?? ""));
  return new Markup((parts[0] ?? "") + rest.join(""));
}

/** For what this program made itself: drawings, its own style sheet and script. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

function render(content: Content): string {
  if (content === null || content === undefined) return "";
  if (content instanceof Markup) return content.text;
  if (typeof content === "object") return content.map(render).join("");
  return escapeText(String(content));
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeText(text: string): string {
  // Characters that are not allowed in HTML, and those that change the direction of the text after
  // them.
  const visible = text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu, (character) =>
    /[\t\n]/.test(character) ? character : "\ufffd",
  );
  return visible.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
