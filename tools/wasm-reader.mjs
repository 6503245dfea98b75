// The binary form of WebAssembly, as far as the tools here need it.

/** The sections of a module, in their order. Their bodies are parts of `wasm` itself. */
export function readSections(wasm) {
  const reader = new Reader(wasm, 8);
  const sections = [];
  while (!reader.done()) sections.push({ id: reader.byte(), body: reader.bytes(reader.leb()) });
  return sections;
}

export class Reader {
  constructor(bytes, at = 0) {
    this.data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.at = at;
  }

  done() {
    return this.at >= this.data.length;
  }

  byte() {
    return this.data.readUInt8(this.at++);
  }

  leb() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  bytes(length) {
    this.at += length;
    return this.data.subarray(this.at - length, this.at);
  }

  text() {
    return this.bytes(this.leb()).toString();
  }

  slice(skip) {
    const start = this.at;
    skip();
    return this.data.subarray(start, this.at);
  }

  vector(read) {
    return Array.from({ length: this.leb() }, read);
  }
}
