// A page of one colour that somebody shares. Chromium chooses it by its title, as a person would.

const TITLE = 'what is shared';

/** As it is painted. */
export const COLOUR = [16, 160, 208];
export const SIZE = { width: 800, height: 600 };

/** For a browser in which {@link openShared}'s page is what people share; permissions are those of the context. */
export const SHARING = { name: 'chromium', prompt: null, args: [`--auto-select-tab-capture-source-by-title=${TITLE}`] };

/** In the profile of the one who shares it. */
export async function openShared(profile, base) {
  const page = await profile.newPage();
  await page.setViewportSize(SIZE);
  await page.goto(`${base}/healthz`);
  await page.evaluate(([title, colour]) => {
    document.title = title;
    document.body.innerHTML = '<p>Text</p>';
    document.body.style.background = `rgb(${colour})`;
    // Without a change there is no new picture for whoever comes late.
    setInterval(() => { document.body.firstChild.textContent = Date.now(); }, 200);
  }, [TITLE, COLOUR]);
  return page;
}
