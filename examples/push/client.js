/** Lets this browser be rung for `user`. To be called from a click: the browser asks the person. */
export async function subscribe(user) {
  if ((await Notification.requestPermission()) !== 'granted') throw new Error('Notifications are not allowed here.');
  await navigator.serviceWorker.register('/sw.js');
  const registration = await navigator.serviceWorker.ready;
  const applicationServerKey = await (await fetch('/key')).text();
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
  const answer = await fetch('/subscribe', { method: 'POST', body: JSON.stringify({ user, subscription }) });
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
}
