import { Observable } from '../store/observable.ts';

// Short sounds for whoever looks at a shelf and not at the screen. Made here: no file is fetched.

type Cue = 'new' | 'good' | 'bad';

/** Hz and s of each tone, one after the other. */
const TONES: Readonly<Record<Cue, readonly (readonly [hz: number, seconds: number])[]>> = {
  new: [
    [660, 0.12],
    [880, 0.18],
  ],
  good: [[1_046, 0.07]],
  bad: [
    [220, 0.12],
    [180, 0.2],
  ],
};
const LOUDNESS = 0.15;
const STORED_AS = 'onhand.sound';

export const sound = new Observable(localStorage.getItem(STORED_AS) !== 'off');

export function turnSound(isOn: boolean): void {
  localStorage.setItem(STORED_AS, isOn ? 'on' : 'off');
  sound.set(isOn);
  if (isOn) play('good');
}

let context: AudioContext | undefined;

/** Browsers are silent until somebody has touched the page; what is played before is not heard. */
export function play(cue: Cue): void {
  if (!sound.value || !navigator.userActivation.hasBeenActive) return;
  context ??= new AudioContext();
  let at = context.currentTime;
  for (const [hz, seconds] of TONES[cue]) {
    tone(context, hz, at, seconds);
    at += seconds;
  }
}

function tone(audio: AudioContext, hz: number, at: number, seconds: number): void {
  const source = audio.createOscillator();
  const volume = audio.createGain();
  source.frequency.value = hz;
  volume.gain.setValueAtTime(LOUDNESS, at);
  volume.gain.exponentialRampToValueAtTime(0.001, at + seconds);
  source.connect(volume).connect(audio.destination);
  source.start(at);
  source.stop(at + seconds);
}
