import { defineEntity, p } from '@mikro-orm/core';

/** Table login_peer: the networks that a user has logged in from. Only control writes it. */
export const LoginPeerEntity = defineEntity({
  name: 'LoginPeer',
  tableName: 'login_peer',
  properties: {
    userId: p.uuid().primary(),
    peer: p.text().primary(),
    seenAt: p.datetime(3),
  },
});
