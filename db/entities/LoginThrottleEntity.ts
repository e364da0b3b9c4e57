import { defineEntity, p } from '@mikro-orm/core';

/** Table login_throttle: who is held back from logging in, and until when. Only control writes it. */
export const LoginThrottleEntity = defineEntity({
  name: 'LoginThrottle',
  tableName: 'login_throttle',
  properties: {
    subject: p.text().primary(),
    failures: p.integer(),
    failedAt: p.datetime(3),
    blockedUntil: p.datetime(3),
  },
});
