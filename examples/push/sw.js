// The page that takes the call when the notification is clicked.
const CALL_PAGE = '/';

self.addEventListener('push', (event) => {
  const { type, call, caller, media } = event.data.json();
  // One notification a call: the later one takes the place of the earlier one.
  const options = { tag: call, data: { call }, requireInteraction: type === 'ringing', renotify: type === 'ringing' };
  const titles = { ringing: `${caller} calls`, missed: `You missed a call from ${caller}`, accepted: 'Answered on another device' };
  const icon = media === 'video' ? 'Video call' : 'Voice call';
  const shown = self.registration.showNotification(titles[type], { ...options, body: type === 'ringing' ? icon : '' });
  event.waitUntil(shown);
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil((async () => {
    const [open] = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
    // The page logs in, and the call that still rings comes as an ordinary ON_CALL_RECEIVED.
    return open ? open.focus() : self.clients.openWindow(CALL_PAGE);
  })());
});
