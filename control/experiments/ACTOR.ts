/** Until accounts exist, whoever reaches the loopback port acts. */
export const ACTOR = 'operator';
