/**
 * Puts plain text on the clipboard. The window is denied every permission (security.md S-124), the asynchronous
 * clipboard among them, so this answers the copy command of the person's own click.
 *
 * @returns whether the text is on the clipboard.
 */
export function copyText(text: string): boolean {
  let isCopied = false;
  const answer = (event: ClipboardEvent): void => {
    event.preventDefault();
    event.clipboardData?.setData('text/plain', text);
    isCopied = event.clipboardData !== null;
  };
  document.addEventListener('copy', answer, { once: true });
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- its successor needs the permission that is denied
  document.execCommand('copy');
  document.removeEventListener('copy', answer);
  return isCopied;
}
