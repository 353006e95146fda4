/** Attributes; those that are undefined are left out. */
export type Attributes = Record<string, string | undefined>

/** A new element with these attributes and children; strings are texts. */
export function element(
  document: Document,
  tag: string,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElement {
  const created = document.createElement(tag)
  setAttributes(created, attributes)
  created.append(...children.filter((child) => child !== ''))
  return created
}

export function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) element.setAttribute(name, value)
  }
}
