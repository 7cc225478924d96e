import { type Browser, chromium } from 'playwright-core';
import { findProgram } from './find-program.ts';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Starts the Chromium of this machine, headless. Undefined where there is none: that is said, since tests are then not run.
 * @param what was not tried without it
 */
export async function launchChromium(what: string): Promise<Browser | undefined> {
  const executablePath = ['chromium', 'chromium-browser', 'google-chrome']
    .map(findProgram)
    .find((path) => path !== undefined);
  if (executablePath !== undefined) return chromium.launch({ executablePath, args: FLAGS });
  console.warn(`NOT RUN: ${what}, since Chromium is not on this machine.`);
  return undefined;
}
