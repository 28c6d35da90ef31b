import { registerIconLibrary } from '@awesome.me/webawesome/dist/components/icon/library.js';

/** Every icon, also those inside the components, is a file of ours: nothing comes from elsewhere, and no data URI is fetched. */
export function registerIcons(): void {
  const resolver = (name: string): string => `/icons/${name}.svg`;
  registerIconLibrary('default', { resolver });
  registerIconLibrary('system', { resolver });
}
