/**
 * Puts text on the clipboard that has yet to be made. The press that asks for it is what allows it, so the clipboard is
 * given a promise at once instead of the text later.
 */
export async function copyLater(text: Promise<string>): Promise<void> {
  const plain = text.then((made) => new Blob([made], { type: "text/plain" }));
  await navigator.clipboard.write([new ClipboardItem({ "text/plain": plain })]);
}
