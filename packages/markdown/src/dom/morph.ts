/** Changes the end of a text from `before` to `after`; `at` is where `before` begins. Growing is an append. */
export function setText(node: Text, at: number, before: string, after: string): void {
  if (before === after) return
  if (after.startsWith(before)) {
    node.appendData(after.slice(before.length))
    return
  }
  let same = 0
  while (same < after.length && before[same] === after[same]) same++
  node.replaceData(at + same, before.length - same, after.slice(same))
}

/** Makes `element` hold what `fresh` holds, node by node, so that what is equal (and a selection in it) stays. */
export function morph(element: Node, fresh: Node): void {
  const old = [...element.childNodes]
  const next = [...fresh.childNodes]
  let start = 0
  for (const node of next) {
    if (!old[start]?.isEqualNode(node)) break
    start++
  }
  let end = 0
  for (const node of next.slice(start).reverse()) {
    if (old.length - end <= start || !old.at(-1 - end)?.isEqualNode(node)) break
    end++
  }
  const anchor = old[old.length - end] ?? null
  const leaving = old.slice(start, old.length - end)
  const coming = next.slice(start, next.length - end)
  coming.forEach((node, i) => {
    const there = leaving[i]
    if (!there) element.insertBefore(node, anchor)
    else if (!adapt(there, node)) element.replaceChild(node, there)
  })
  for (const node of leaving.slice(coming.length)) element.removeChild(node)
}

function adapt(node: Node, fresh: Node): boolean {
  if (node.nodeType !== fresh.nodeType) return false
  if (node.nodeType === node.TEXT_NODE) {
    setText(node as Text, 0, (node as Text).data, (fresh as Text).data)
    return true
  }
  if (!node.cloneNode(false).isEqualNode(fresh.cloneNode(false))) return false
  morph(node, fresh)
  return true
}
