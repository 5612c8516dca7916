/**
 * The same bytes as `JSON.stringify(document, null, 2)` with a line break, where the list `key`, which is empty in
 * `document`, contains `items`, generated one by one.
 */
export function* jsonWithList<T>(
  document: object,
  key: string,
  items: Iterable<T>,
  render: (item: T) => object,
): Iterable<string> {
  const text = JSON.stringify(document, null, 2);
  const [found = '', indent = ''] = new RegExp(`\\n( *)"${key}": \\[\\]`).exec(text) ?? [];
  const end = text.indexOf(found) + found.length - 1;
  yield text.slice(0, end);
  const line = `\n${indent}  `;
  let separator = line;
  for (const item of items) {
    yield separator + JSON.stringify(render(item), null, 2).replaceAll('\n', line);
    separator = `,${line}`;
  }
  yield `${separator === line ? '' : `\n${indent}`}${text.slice(end)}\n`;
}
