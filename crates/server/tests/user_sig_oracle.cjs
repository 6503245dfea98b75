// Makes userSigs with the vendor's own generator: a JSON array of [app, secret, user, expire] in, an array of
// [genUserSig, genPrivateMapKey, genPrivateMapKeyWithStringRoomID] out.
const { Api } = require('tls-sig-api-v2');

const sigs = JSON.parse(process.argv[2]).map(([app, secret, user, expire]) => {
  const api = new Api(app, secret);
  return [
    api.genUserSig(user, expire),
    api.genPrivateMapKey(user, expire, 10000, 255),
    api.genPrivateMapKeyWithStringRoomID(user, expire, 'room-42', 42),
  ];
});
process.stdout.write(JSON.stringify(sigs));
