/** The few DOM helpers that every module of the demo shares. */

export const $ = (id) => document.getElementById(id);

export function element(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.append(use);
  return svg;
}

export const setIcon = (button, name) => button.querySelector('use').setAttribute('href', `#i-${name}`);

/** Initials on a colour that always belongs to the same user, and a picture over them as soon as there is one. */
export function paintAvatar(node, userID, name = userID, picture = '') {
  let hue = 0;
  for (const char of userID) hue = (hue * 31 + char.charCodeAt(0)) % 360;
  const parts = name.split(/[-_ ]/).filter(Boolean);
  const letters = parts.length > 1 ? parts[0][0] + parts[1][0] : name.slice(0, 2);
  node.textContent = letters.toUpperCase();
  node.style.setProperty('--hue', hue);
  if (picture) {
    const image = element('img');
    image.alt = '';
    image.addEventListener('error', () => image.remove());
    image.src = picture;
    node.append(image);
  }
  return node;
}

const SCREENS = ['login', 'home', 'call'];

export function showScreen(name) {
  for (const screen of SCREENS) $(`screen-${screen}`).hidden = screen !== name;
  document.body.dataset.screen = name;
  $('bar').hidden = name === 'login';
}

export const currentScreen = () => document.body.dataset.screen;
