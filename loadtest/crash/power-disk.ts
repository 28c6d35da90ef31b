import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerChild } from '../server-process.ts';

// A disk that loses power: ext4 in a file. What the file system has not handed to its device when the file is copied is
// gone, as it is gone from a real disk; only what was synced must be there. The copy is mounted in its place, so ext4
// recovers first and the server on top of it.

/** Sparse; room for some segments of 64 MiB. */
const IMAGE_BYTES = 1024 * 1024 * 1024;
const MKFS = '/usr/sbin/mkfs.ext4';
const COMMAND_MS_MAX = 60_000;
/** Seconds until ext4 commits by itself what nobody asked to be synced: long, or it would do the server's work. */
const COMMIT_SECONDS = 300;

export class PowerDisk {
  readonly #folder: string;
  readonly #mountPoint: string;
  /** Number of the image that is mounted; 0 when none is. */
  #image = 0;

  constructor(folder: string, mountPoint: string) {
    this.#folder = folder;
    this.#mountPoint = mountPoint;
  }

  make(): void {
    const path = this.#path(1);
    const fd = openSync(path, 'wx');
    ftruncateSync(fd, IMAGE_BYTES);
    closeSync(fd);
    must(MKFS, '-q', '-F', path);
    this.#mount(1);
  }

  /** The power goes: the server stops where it is and the image is copied as it is. */
  copyUnder(child: ServerChild): void {
    child.signal('SIGSTOP');
    must('cp', '--sparse=always', this.#path(this.#image), this.#path(this.#image + 1));
  }

  /** Once nobody uses the old one: the copy is the disk from now on. */
  mountCopy(): void {
    const old = this.#image;
    this.unmount();
    rmSync(this.#path(old));
    this.#mount(old + 1);
  }

  unmount(): void {
    if (this.#image === 0) return;
    must('umount', this.#mountPoint);
    this.#image = 0;
  }

  #mount(image: number): void {
    must('mount', '-o', `loop,commit=${COMMIT_SECONDS}`, this.#path(image), this.#mountPoint);
    this.#image = image;
  }

  #path(image: number): string {
    return join(this.#folder, `image-${image}`);
  }
}

/** Undefined when disks can be mounted here, otherwise why not. */
export function powerDiskMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'power cuts need root, to mount a disk image';
  const made = spawnSync(MKFS, ['-V'], { timeout: COMMAND_MS_MAX });
  if (made.status !== 0) return `power cuts need ${MKFS} (e2fsprogs)`;
  const loop = spawnSync('losetup', ['-f'], { encoding: 'utf8', timeout: COMMAND_MS_MAX });
  return loop.status === 0 ? undefined : `power cuts need a loop device: ${loop.stderr?.trim() ?? 'no losetup'}`;
}

export function must(command: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout: COMMAND_MS_MAX });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? stderr}`);
}
