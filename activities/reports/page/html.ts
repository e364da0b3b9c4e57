// Text and markup kept apart: whatever is put into `html` is escaped unless it is markup itself, so that a level named <script>
// stays a level.

export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Markup | string | number | readonly Markup[];

export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Markup =>
  new Markup(
    strings.reduce((text, string, place) => text + (place > 0 ? written(parts[place - 1]) : '') + string, ''),
  );

function written(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string' || typeof part === 'number') return escapeText(String(part));
  return part.map(({ text }) => text).join('');
}

export const escapeText = (text: string): string =>
  text.replace(/[&<>"']/g, character => `&#${character.codePointAt(0)};`);
