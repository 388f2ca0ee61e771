/* SPDX-License-Identifier: MIT */
/* The terminal as a screen that is drawn again and again: there is one, and whatever ends the program but SIGKILL leaves it as it
 * was. While the program is not in the terminal's foreground it is not touched. */
#ifndef CMD_SCREEN_H
#define CMD_SCREEN_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <termios.h>

#include "base/buf.h"
#include "sys/attr.h"

enum screen_event {
    SCREEN_TIME,   /* the time is up */
    SCREEN_DRAW,   /* its size has changed, or it has just come back */
    SCREEN_QUIT,   /* q was pressed, or the terminal has gone */
    SCREEN_SIGNAL, /* one that ends programs: screen_die() */
};

#define SCREEN_CRASHES 7 /* signals that tell of an error of ours */

/* Its caller's, and nobody else's business. */
struct screen {
    volatile sig_atomic_t taken; /* the terminal is in our modes */
    bool has_keys;               /* stdin is the terminal, too */
    int signals_fd;
    int died_of;
    struct termios before;
    sigset_t mask;
    struct sigaction crash_before[SCREEN_CRASHES];
};

/* Whether stdout is a terminal that can be a screen. */
must_check bool screen_is_there(void);

/* Take the terminal, and all signals that end or stop a program, until screen_close(); `s` must stay where it is. 0 or -errno. */
must_check int screen_open(struct screen *s);

/* Give both back. Nothing when it is not open. */
void screen_close(struct screen *s);

/* Columns and lines as they are now; what the terminal does not tell is left alone. */
void screen_size(int *columns, int *lines);

/* Show the text's first lines, as many as there is room for. */
void screen_put(const struct screen *s, const struct buf *text);

/* Whether a key or a signal waits for screen_wait(). */
must_check bool screen_has_event(const struct screen *s);

/* Wait for something to happen, at most so long. A signal that stops the program does so in here. */
must_check enum screen_event screen_wait(struct screen *s, int64_t most_ms);

/* Close the screen and end by the signal that has come. The exit status for the case that it does not end. */
int screen_die(struct screen *s);

#endif
