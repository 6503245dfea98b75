import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const CANDIDATES = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const BASE = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

/**
 * A real headless Chromium whose camera and microphone are the browser's own test devices.
 * @param {{devices?: string|null, prompt?: string|null, autoplay?: string, args?: string[]}} options
 *   devices: configuration of the fake devices, null = none at all;
 *   prompt: '' answers every permission prompt with yes, null leaves it to the permissions of the browser context.
 */
export function launchBrowser({ devices = '', prompt = '', autoplay = 'no-user-gesture-required', args = [] } = {}) {
  const executablePath = CANDIDATES.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error('no Chromium found: set CHROMIUM to its path');
  const flag = (name, value) => (value === null ? [] : [`--${name}${value ? `=${value}` : ''}`]);
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      ...BASE, ...flag('use-fake-device-for-media-stream', devices), ...flag('use-fake-ui-for-media-stream', prompt),
      `--autoplay-policy=${autoplay}`, ...args,
    ],
  });
}
