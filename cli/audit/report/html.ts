/** Text that is HTML already. Made by `html` only. */
export interface Markup {
  readonly markup: string;
}

type Content = Markup | string | number | readonly Content[];

/**
 * A template whose every value is escaped, in text and in quoted attributes, unless it is the markup of another template.
 * Values never stand in a tag's or an attribute's name, nor in a style or a script.
 */
export function html(texts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  const parts = texts.map((text, index) => {
    const value = values[index];
    return value === undefined ? text : `${text}${markupOf(value)}`;
  });
  return { markup: parts.join('') };
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function markupOf(value: Content): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return escaped(value);
  if ('markup' in value) return value.markup;
  return value.map(markupOf).join('');
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}
