import { existsSync } from 'node:fs';
import { chromium, firefox } from 'playwright-core';

/** `BROWSER=firefox` runs the tests in Firefox. */
export const BROWSER = process.env.BROWSER || 'chromium';

const CHROMIUMS = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const FIREFOXES = [process.env.FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox'];
const CHROMIUM_FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];
const FIREFOX_PREFERENCES = {
  'media.navigator.streams.fake': true,
  // Several people share the screen, and only one of their windows has the focus.
  'media.devices.unfocused.enabled': true,
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
};

/**
 * A real headless browser whose camera and microphone are its own test devices.
 * @param {{name?: string, devices?: string|null, prompt?: string|null, autoplay?: string, args?: string[], program?: string}} options
 *   devices: configuration of Chromium's fake devices, null = none at all;
 *   prompt: '' answers every permission prompt with yes, null leaves it to the permissions of the browser context;
 *   args: flags of Chromium; program: what starts it.
 */
export function launchBrowser({ name = BROWSER, ...options } = {}) {
  return name === 'firefox' ? launchFirefox(options) : launchChromium(options);
}

/** Why this test can't run in the browser at hand: its means are Chromium's own. False: it can. */
export const onlyInChromium = BROWSER === 'chromium' ? false : 'by flags that only Chromium has';

function launchChromium({ devices = '', prompt = '', autoplay = 'no-user-gesture-required', args = [], program }) {
  const flag = (name, value) => (value === null ? [] : [`--${name}${value ? `=${value}` : ''}`]);
  return chromium.launch({
    executablePath: program ?? find('Chromium', 'CHROMIUM', CHROMIUMS),
    headless: true,
    args: [
      ...CHROMIUM_FLAGS, ...flag('use-fake-device-for-media-stream', devices), ...flag('use-fake-ui-for-media-stream', prompt),
      `--autoplay-policy=${autoplay}`, ...args,
    ],
  });
}

/** An unmodified Firefox, driven over WebDriver BiDi. */
async function launchFirefox({ prompt = '', autoplay }) {
  const browser = await firefox.launch({
    channel: 'moz-firefox',
    executablePath: find('Firefox', 'FIREFOX', FIREFOXES),
    headless: true,
    firefoxUserPrefs: {
      ...FIREFOX_PREFERENCES,
      'media.navigator.permission.disabled': prompt !== null,
      'media.autoplay.default': autoplay ? 1 : 0,
    },
  });
  const { newContext } = browser;
  // It has no permissions of contexts; the preferences above say the same for all of them.
  browser.newContext = ({ permissions, ...rest } = {}) => newContext.call(browser, rest);
  return browser;
}

function find(what, variable, candidates) {
  const path = candidates.find((candidate) => candidate && existsSync(candidate));
  if (!path) throw new Error(`no ${what} found: set ${variable} to its path`);
  return path;
}
