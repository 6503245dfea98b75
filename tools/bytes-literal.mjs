const ALWAYS_ESCAPED = new Map([
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x5c, '\\\\'],
]);

/**
 * Bytes as a JavaScript string literal with one character (U+0000..U+00FF) per byte, in the quotes that need the fewest
 * escapes. `ascii` keeps to printable ASCII, for scripts that are read in a charset nobody knows.
 */
export function bytesLiteral(bytes, { ascii = false } = {}) {
  const quote = ['"', "'", '`'].reduce((best, next) => (count(bytes, next) < count(bytes, best) ? next : best));
  const parts = Array.from(bytes, (byte, index) => character(byte, bytes[index + 1], quote, ascii));
  return quote + parts.join('') + quote;
}

function character(byte, next, quote, ascii) {
  const plain = String.fromCharCode(byte);
  if (plain === quote) return `\\${quote}`;
  if (ALWAYS_ESCAPED.has(byte)) return ALWAYS_ESCAPED.get(byte);
  // "${" would end a template; "</script" and "<!--" would end a script that somebody pastes into a page.
  if (quote === '`' && plain === '$' && next === 0x7b) return '\\$';
  if (plain === '<' && (next === 0x2f || next === 0x21)) return '\\x3c';
  if (!ascii || (byte >= 0x20 && byte < 0x7f)) return plain;
  if (byte === 0 && !(next >= 0x30 && next <= 0x39)) return '\\0';
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

function count(bytes, quote) {
  const code = quote.charCodeAt(0);
  return bytes.reduce((total, byte) => total + (byte === code ? 1 : 0), 0);
}
