/**
 * Comparison without regard to the case of ASCII letters, and of them alone: folding by the rules of Unicode would make
 * the Kelvin sign a `k` and the long s an `s`, two more ways to spell a name than its owner knows of.
 */
export function foldCase(text: string): string {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 0x41 && code <= 0x5a) return foldFrom(text, index);
  }
  return text;
}

function foldFrom(text: string, start: number): string {
  let folded = text.slice(0, start);
  for (let index = start; index < text.length; index += 1) {
    folded += String.fromCharCode(foldCode(text.charCodeAt(index)));
  }
  return folded;
}

function foldCode(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code | 0x20 : code;
}

/** Whether `text`, folded, is `folded`; makes no new string. */
export function equalsFolded(text: string, folded: string): boolean {
  if (text.length !== folded.length) return false;
  for (let index = 0; index < text.length; index += 1) {
    if (foldCode(text.charCodeAt(index)) !== folded.charCodeAt(index)) return false;
  }
  return true;
}
