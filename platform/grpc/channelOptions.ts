import type { ChannelOptions } from '@grpc/grpc-js';

/** Of every channel of ours: messages are bounded by the server that takes them, and a server that was started again is found
 * within seconds (the library's own bound is two minutes). */
export const channelOptions: ChannelOptions = {
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 2000,
};
