// Just enough to build an element's inside once and to change its words later.

type Attributes = Readonly<Record<string, string>>;

/** h('p', { part: 'note' }, 'One moment') -> <p part="note">One moment</p> */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Same words are not written again: a screen reader would take them for news. Without words there is no element. */
export function write(element: HTMLElement, words: string): void {
  if (element.textContent !== words) element.textContent = words;
  element.hidden = words === '';
}

/** Makes the list hold these, in this order; who has the focus keeps it when nothing moved. */
export function arrange(list: HTMLElement, items: readonly HTMLElement[]): void {
  if (list.children.length === items.length && items.every((item, at) => list.children[at] === item)) return;
  list.replaceChildren(...items);
}
