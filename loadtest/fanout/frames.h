// The client's half of RFC 6455: the handshake's request, masked frames out, unmasked frames in.

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { OP_TEXT = 1, OP_BINARY = 2, OP_CLOSE = 8, OP_PING = 9, OP_PONG = 10, HEADER_MAX = 14 };

static int handshake_request(char *to, size_t size, const char *host, int port, const char *path, const char *protocol) {
  char wish[128] = "";
  if (protocol[0] != 0) snprintf(wish, sizeof wish, "Sec-WebSocket-Protocol: %s\r\n", protocol);
  return snprintf(to, size,
                  "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%s\r\n",
                  path, host, port, wish);
}

/** Writes a whole masked frame; `to` holds length + HEADER_MAX. Returns its size. */
static size_t masked_frame(uint8_t *to, int op, const uint8_t *payload, size_t length) {
  static const uint8_t mask[4] = {0x5a, 0xc3, 0x17, 0x99};
  size_t at = 0;
  to[at++] = (uint8_t)(0x80 | op);
  if (length < 126) {
    to[at++] = (uint8_t)(0x80 | length);
  } else {
    to[at++] = 0x80 | 126;
    to[at++] = (uint8_t)(length >> 8);
    to[at++] = (uint8_t)length;
  }
  memcpy(to + at, mask, 4);
  at += 4;
  for (size_t i = 0; i < length; i++) to[at + i] = payload[i] ^ mask[i & 3];
  return at + length;
}

typedef struct {
  int op;
  const uint8_t *payload;
  size_t length;
  /** Header and payload. */
  size_t size;
} Frame;

/** 1: a whole frame stands at `bytes`. 0: more must come. */
static int read_frame(const uint8_t *bytes, size_t length, Frame *frame) {
  if (length < 2) return 0;
  size_t header = 2, payload = bytes[1] & 0x7f;
  if (payload == 126) {
    if (length < 4) return 0;
    payload = ((size_t)bytes[2] << 8) | bytes[3];
    header = 4;
  } else if (payload == 127) {
    if (length < 10) return 0;
    payload = 0;
    for (int i = 2; i < 10; i++) payload = (payload << 8) | bytes[i];
    header = 10;
  }
  if (length - header < payload) return 0;
  frame->op = bytes[0] & 0x0f;
  frame->payload = bytes + header;
  frame->length = payload;
  frame->size = header + payload;
  return 1;
}
