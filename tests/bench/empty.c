/* SPDX-License-Identifier: MIT */
/* A library that does nothing: what preloading costs before anything is recorded. Linked in three ways. */
int dtrack_empty(void);

int dtrack_empty(void)
{
    return 0;
}
