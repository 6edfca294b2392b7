/** An XML document as AWS's older protocols answer with it. */
export function xmlDocument(
  root: string,
  { xmlns, children }: { readonly xmlns: string; readonly children: readonly string[] },
): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${xmlns}">${children.join('')}</${root}>`;
}

export function element(name: string, text: string): string {
  return `<${name}>${escaped(text)}</${name}>`;
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
  return text.replace(/[&<>]/g, (character) => entities[character] ?? character);
}
