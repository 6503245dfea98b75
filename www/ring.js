/** Ring tones made of two notes: a bell for who is called, a soft tone for who waits. No file, no licence. */
const TONES = {
  called: { notes: [784, 988], gap: 0.18, length: 0.5, every: 2.2, volume: 0.14 },
  waiting: { notes: [440, 480], gap: 0, length: 1, every: 4, volume: 0.05 },
};

let context = null;
let timer = 0;
let ringing = '';

/** In a gesture: browsers let a page make sounds only after one. */
export function allowSounds() {
  context ??= globalThis.AudioContext ? new AudioContext() : null;
  if (context?.state === 'suspended') context.resume().catch(() => {});
}

/** @param {'called'|'waiting'} kind */
export function ring(kind) {
  if (ringing === kind) return;
  silence();
  ringing = kind;
  document.body.dataset.ringing = kind;
  const tone = TONES[kind];
  const once = () => { if (context?.state === 'running') play(tone); };
  once();
  timer = setInterval(once, tone.every * 1000);
}

export function silence() {
  clearInterval(timer);
  ringing = '';
  delete document.body.dataset.ringing;
}

function play({ notes, gap, length, volume }) {
  notes.forEach((pitch, i) => {
    const start = context.currentTime + i * gap;
    const [note, loudness] = [context.createOscillator(), context.createGain()];
    note.frequency.value = pitch;
    loudness.gain.setValueAtTime(0, start);
    loudness.gain.linearRampToValueAtTime(volume, start + 0.03);
    loudness.gain.exponentialRampToValueAtTime(0.001, start + length);
    note.connect(loudness).connect(context.destination);
    note.start(start);
    note.stop(start + length);
  });
}
