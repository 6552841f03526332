// SPDX-License-Identifier: GPL-2.0
/*
 * Asks a memcached for values, over UDP, and prints its answers.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define PORT 11211
#define FRAME 8 /* request, number of this packet, number of packets, 0 */
#define SECONDS 2

static void get(int sock, int request, const char *key)
{
	char packet[2048] = { (char)(request >> 8), (char)request, 0, 0, 0, 1 };
	int len = snprintf(packet + FRAME, sizeof(packet) - FRAME, "get %s\r\n",
			   key);
	ssize_t answer;

	if (len >= (int)sizeof(packet) - FRAME)
		errx(2, "the key is too long");
	if (send(sock, packet, FRAME + len, 0) < 0)
		err(1, "send");
	answer = recv(sock, packet, sizeof(packet), 0);
	if (answer < 0)
		err(1, "no answer to \"get %s\"", key);
	if (answer > FRAME)
		fwrite(packet + FRAME, 1, answer - FRAME, stdout);
}

int main(int argc, char **argv)
{
	struct sockaddr_in server = { .sin_family = AF_INET,
				      .sin_port = htons(PORT) };
	struct timeval wait = { .tv_sec = SECONDS };
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (argc < 3 || !inet_aton(argv[1], &server.sin_addr))
		errx(2, "usage: client ADDRESS KEY...");
	if (sock < 0 || connect(sock, (void *)&server, sizeof(server)) ||
	    setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)))
		err(1, "%s", argv[1]);
	for (int i = 2; i < argc; i++)
		get(sock, i, argv[i]);
	close(sock);
	return 0;
}
