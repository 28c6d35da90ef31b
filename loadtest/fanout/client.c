// Thousands of websockets in one thread, so that the client costs less than the server it measures.
//
//   client HOST PORT PATH SUBPROTOCOL READY_HEX [MARK_HEX ...]
//
// A socket is ready once a message holds the bytes READY_HEX (empty: once the handshake is answered). A delivery is a
// "t": with the time it was sent, ms since the epoch with fractions, wherever it stands: several may share a frame. Each
// MARK_HEX is counted as well. Commands come on standard input, each answered by one line of JSON:
//
//   hello FILE       what sockets say when they are open (hellos.h)
//   open N PER_SEC   N more sockets, at most so many begun in a second; answered when all are ready, failed or too late
//   stall N          the first N sockets are read no more
//   cut              all sockets are closed at once
//   reset            counts begin anew
//   report           the counts

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "counts.h"
#include "frames.h"
#include "hellos.h"

enum { SOCKETS_MAX = 20000, EVENTS = 512, READ_BYTES = 262144, UNREADY_MAX = 256 };
enum { FRAME_BYTES_MAX = 1 << 24, OPEN_MS_MAX = 120000 };

typedef enum { CLOSED, CONNECTING, SHAKING, GREETED, READY } State;

typedef struct {
  int fd;
  State state;
  unsigned index;
  bool stalled;
  uint64_t deliveries;
  double begun_ms;
  /** Bytes of a frame, or of the handshake's answer, that is not whole yet. */
  uint8_t *rest;
  size_t rest_length, rest_size;
} Socket;

static struct {
  struct sockaddr_in address;
  char request[1024];
  int request_length, epoll;
  Hellos hellos;
  Pattern ready;
} setup;

static Socket sockets[SOCKETS_MAX];
static unsigned sockets_count, unready, failed, closed;

static double clock_ms(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void watch(Socket *socket, int how, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = socket};
  epoll_ctl(setup.epoll, how, socket->fd, &event);
}

static void end(Socket *socket) {
  if (socket->state == CLOSED) return;
  if (socket->state == READY) closed++;
  else {
    failed++;
    unready--;
  }
  socket->state = CLOSED;
  close(socket->fd);
  free(socket->rest);
  socket->rest = NULL;
  socket->rest_length = socket->rest_size = 0;
}

static void begin(Socket *made) {
  made->state = CONNECTING;
  made->deliveries = 0;
  made->stalled = false;
  made->begun_ms = clock_ms(CLOCK_MONOTONIC);
  unready++;
  made->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  int on = 1;
  setsockopt(made->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (made->fd < 0 || (connect(made->fd, (struct sockaddr *)&setup.address, sizeof setup.address) < 0 && errno != EINPROGRESS)) {
    end(made);
    return;
  }
  watch(made, EPOLL_CTL_ADD, EPOLLOUT);
}

static void say(Socket *socket, int op, const uint8_t *payload, size_t length) {
  static uint8_t frame[LINE_MAX];
  size_t size = masked_frame(frame, op, payload, length);
  if (send(socket->fd, frame, size, MSG_NOSIGNAL) != (ssize_t)size) end(socket);
}

static void is_ready(Socket *socket) {
  socket->state = READY;
  unready--;
  record(&counts.opening, (clock_ms(CLOCK_MONOTONIC) - socket->begun_ms) * 1000);
}

static void greet(Socket *socket) {
  static uint8_t payload[LINE_MAX / 2];
  socket->state = GREETED;
  const char *line = setup.hellos.count == 0 ? "" : setup.hellos.lines[socket->index % setup.hellos.count];
  for (; *line != 0 && socket->state != CLOSED; line += strcspn(line, " ") + (strchr(line, ' ') != NULL)) {
    size_t length = bytes_of(line + 1, payload, sizeof payload);
    say(socket, line[0] == 'b' ? OP_BINARY : OP_TEXT, payload, length);
  }
  if (socket->state == GREETED && setup.ready.length == 0) is_ready(socket);
}

static void take(Socket *socket, const Frame *frame, double now_ms) {
  switch (frame->op) {
    case OP_PING:
      say(socket, OP_PONG, frame->payload, frame->length < 126 ? frame->length : 0);
      return;
    case OP_PONG:
      return;
    case OP_CLOSE:
      end(socket);
      return;
    default:
      counts.frames++;
      socket->deliveries += count_messages(frame->payload, frame->length, now_ms);
      if (socket->state == GREETED && memmem(frame->payload, frame->length, setup.ready.bytes, setup.ready.length) != NULL)
        is_ready(socket);
  }
}

/** Takes what is whole; returns how many bytes that were. */
static size_t take_all(Socket *socket, const uint8_t *bytes, size_t length, double now_ms) {
  size_t done = 0;
  if (socket->state == SHAKING) {
    const uint8_t *end_of_head = memmem(bytes, length, "\r\n\r\n", 4);
    if (end_of_head == NULL) return 0;
    if (length < 12 || memcmp(bytes, "HTTP/1.1 101", 12) != 0) {
      end(socket);
      return length;
    }
    done = (size_t)(end_of_head - bytes) + 4;
    greet(socket);
  }
  Frame frame;
  while (socket->state != CLOSED && read_frame(bytes + done, length - done, &frame)) {
    done += frame.size;
    take(socket, &frame, now_ms);
  }
  return socket->state == CLOSED ? length : done;
}

static void keep_rest(Socket *socket, const uint8_t *bytes, size_t length) {
  if (length > FRAME_BYTES_MAX) {
    end(socket);
    return;
  }
  if (socket->rest_size < length) {
    socket->rest = realloc(socket->rest, length);
    if (socket->rest == NULL) abort();
    socket->rest_size = length;
  }
  memcpy(socket->rest, bytes, length);
  socket->rest_length = length;
}

static void hear(Socket *socket) {
  static uint8_t buffer[FRAME_BYTES_MAX + READ_BYTES];
  size_t before = socket->rest_length;
  if (before > 0) memcpy(buffer, socket->rest, before);
  ssize_t got = recv(socket->fd, buffer + before, READ_BYTES, 0);
  if (got <= 0) {
    if (got == 0 || (errno != EAGAIN && errno != EINTR)) end(socket);
    return;
  }
  counts.reads++;
  counts.bytes += (uint64_t)got;
  size_t length = before + (size_t)got;
  size_t done = take_all(socket, buffer, length, clock_ms(CLOCK_REALTIME));
  socket->rest_length = 0;
  if (socket->state != CLOSED && done < length) keep_rest(socket, buffer + done, length - done);
}

static void connected(Socket *socket) {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(socket->fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0 || send(socket->fd, setup.request, (size_t)setup.request_length, MSG_NOSIGNAL) != setup.request_length) {
    end(socket);
    return;
  }
  socket->state = SHAKING;
  watch(socket, EPOLL_CTL_MOD, EPOLLIN);
}

/** One round of the loop; true when a command waits on standard input. */
static bool turn(int wait_ms) {
  struct epoll_event events[EVENTS];
  bool command = false;
  int count = epoll_wait(setup.epoll, events, EVENTS, wait_ms);
  for (int i = 0; i < count; i++) {
    Socket *socket = events[i].data.ptr;
    if (socket == NULL) command = true;
    else if (socket->state == CONNECTING) connected(socket);
    else if (socket->state != CLOSED) hear(socket);
  }
  return command;
}

static void open_more(unsigned more, double per_sec) {
  double start = clock_ms(CLOCK_MONOTONIC), now = start;
  unsigned failed_before = failed;
  for (unsigned begun = 0; begun < more || unready > 0; now = clock_ms(CLOCK_MONOTONIC)) {
    if (now - start > OPEN_MS_MAX) break;
    for (; begun < more && unready < UNREADY_MAX && begun <= (now - start) * per_sec / 1000 && sockets_count < SOCKETS_MAX; begun++) {
      sockets[sockets_count].index = sockets_count;
      begin(&sockets[sockets_count++]);
    }
    turn(1);
  }
  printf("{\"unready\":%u,\"failed\":%u,\"ms\":%.1f}\n", unready, failed - failed_before, clock_ms(CLOCK_MONOTONIC) - start);
}

static void stall(unsigned count) {
  for (unsigned i = 0; i < count && i < sockets_count; i++) {
    if (sockets[i].state == CLOSED) continue;
    sockets[i].stalled = true;
    watch(&sockets[i], EPOLL_CTL_MOD, 0);
  }
  printf("{\"stalled\":%u}\n", count);
}

static void cut(void) {
  unsigned ended = 0;
  for (unsigned i = 0; i < sockets_count; i++) {
    if (sockets[i].state == CLOSED) continue;
    // A reset leaves no port waiting: 8,000 come back at once.
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    setsockopt(sockets[i].fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    end(&sockets[i]);
    ended++;
  }
  sockets_count = closed = 0;
  printf("{\"cut\":%u}\n", ended);
}

static void report(void) {
  unsigned ready = 0, reading = 0;
  uint64_t least = UINT64_MAX, most = 0;
  for (unsigned i = 0; i < sockets_count; i++) {
    if (sockets[i].state != READY) continue;
    ready++;
    if (sockets[i].stalled) continue;
    reading++;
    if (sockets[i].deliveries < least) least = sockets[i].deliveries;
    if (sockets[i].deliveries > most) most = sockets[i].deliveries;
  }
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  double cpu_ms = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
  printf("{\"sockets\":%u,\"closed\":%u,\"deliveries\":%llu,\"frames\":%llu,\"reads\":%llu,\"bytes\":%llu,", ready, closed,
         (unsigned long long)counts.deliveries, (unsigned long long)counts.frames, (unsigned long long)counts.reads,
         (unsigned long long)counts.bytes);
  printf("\"least\":%llu,\"most\":%llu,\"cpuMs\":%.1f,", reading == 0 ? 0ULL : (unsigned long long)least, (unsigned long long)most, cpu_ms);
  print_histogram("age", &counts.age);
  printf(",");
  print_histogram("opening", &counts.opening);
  printf(",\"marks\":[");
  for (unsigned mark = 0; mark < marks_count; mark++) printf("%s%llu", mark == 0 ? "" : ",", (unsigned long long)counts.marks[mark]);
  printf("]}\n");
}

static void reset(void) {
  memset(&counts, 0, sizeof counts);
  for (unsigned i = 0; i < sockets_count; i++) sockets[i].deliveries = 0;
  printf("{}\n");
}

static bool obey(char *line) {
  unsigned count;
  double per_sec;
  char path[4096];
  if (sscanf(line, "hello %4095[^\n]", path) == 1) printf(read_hellos(&setup.hellos, path) == 0 ? "{}\n" : "{\"error\":\"no such file\"}\n");
  else if (sscanf(line, "open %u %lf", &count, &per_sec) == 2) open_more(count, per_sec);
  else if (sscanf(line, "stall %u", &count) == 1) stall(count);
  else if (strncmp(line, "cut", 3) == 0) cut();
  else if (strncmp(line, "reset", 5) == 0) reset();
  else if (strncmp(line, "report", 6) == 0) report();
  else return false;
  fflush(stdout);
  return true;
}

static void set_up(int argc, char **argv) {
  int port = atoi(argv[2]);
  setup.address.sin_family = AF_INET;
  setup.address.sin_port = htons((uint16_t)port);
  inet_pton(AF_INET, argv[1], &setup.address.sin_addr);
  setup.request_length = handshake_request(setup.request, sizeof setup.request, argv[1], port, argv[3], argv[4]);
  setup.ready.length = bytes_of(argv[5], setup.ready.bytes, PATTERN_MAX);
  for (int i = 6; i < argc && marks_count < MARKS_MAX; i++) {
    Pattern *mark = &marks[marks_count++];
    mark->length = bytes_of(argv[i], mark->bytes, PATTERN_MAX);
  }
  setup.epoll = epoll_create1(0);
  struct epoll_event commands = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(setup.epoll, EPOLL_CTL_ADD, STDIN_FILENO, &commands);
}

int main(int argc, char **argv) {
  if (argc < 6) return 2;
  set_up(argc, argv);
  char line[8192];
  for (;;) {
    if (!turn(-1)) continue;
    // The conductor sends the next command only after it has read an answer, so a read is one line.
    ssize_t got = read(STDIN_FILENO, line, sizeof line - 1);
    if (got <= 0) return 0;
    line[got] = 0;
    if (!obey(line)) return 2;
  }
}
