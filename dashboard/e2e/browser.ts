import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';

/** Debian's Chromium, without anything that speaks to the outside by itself. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}

/** A page that keeps what a visitor never sees: console errors, and requests to anywhere but the server. */
export interface WatchedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly errors: string[];
  readonly foreign: string[];
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A tablet on a packing table, and in a hand. */
export const TABLET: Size = { width: 1024, height: 768 };
export const TABLET_UPRIGHT: Size = { width: 768, height: 1024 };

export async function openPage(
  browser: Browser,
  look: { readonly url: string; readonly dark?: boolean; readonly phone?: boolean; readonly size?: Size },
): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: look.size ?? (look.phone === true ? { width: 390, height: 844 } : { width: 1440, height: 900 }),
    colorScheme: look.dark === true ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const watched: WatchedPage = { page, context, errors: [], foreign: [] };
  page.on('console', (message) => message.type() === 'error' && watched.errors.push(message.text()));
  page.on('pageerror', (error) => watched.errors.push(error.message));
  const own = new URL(look.url).host;
  const note = (url: string): void => {
    if (!url.startsWith('data:') && new URL(url).host !== own) watched.foreign.push(url);
  };
  page.on('request', (request) => note(request.url()));
  page.on('websocket', (socket) => note(socket.url()));
  await page.goto(look.url);
  return watched;
}

/** Signs in to the control tower and waits for its first live figures. */
export async function signIn(page: Page, key: string): Promise<void> {
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Network' }).waitFor();
}

/** Signs in at a node's screen, and waits for what there is to do. */
export async function signInAtNode(page: Page, key: string): Promise<void> {
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('stage-tiles').waitFor();
}

/** What a scanner does: it types, wherever the focus is, and ends with Enter. */
export async function scan(page: Page, code: string): Promise<void> {
  await page.keyboard.type(code);
  await page.keyboard.press('Enter');
}
