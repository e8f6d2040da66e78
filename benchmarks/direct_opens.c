/* direct_opens MODE N FILE [PROGRAM]: open FILE N times, and say how many opens a second that was.
 * MODE same: from this process. MODE new: each from a new process of its own (PROGRAM, this same one, MODE once). */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int open_once(const char *file)
{
    char byte;
    int fd = open(file, O_RDONLY);
    if (fd < 0 || read(fd, &byte, 1) != 1)
        return 1;
    return close(fd);
}

static int open_in_a_new_process(char *program, char *file)
{
    char *words[] = {program, "once", "1", file, NULL}, *none[] = {NULL};
    int status;
    pid_t pid;
    if (posix_spawn(&pid, program, NULL, NULL, words, none) || waitpid(pid, &status, 0) != pid)
        return 1;
    return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

int main(int count, char **words)
{
    if (count < 4)
        return 2;
    int is_new = !strcmp(words[1], "new"), left = atoi(words[2]);
    struct timespec began, ended;
    clock_gettime(CLOCK_MONOTONIC, &began);
    for (int done = 0; done < left; done++)
        if (is_new ? open_in_a_new_process(words[0], words[3]) : open_once(words[3]))
            return 1;
    clock_gettime(CLOCK_MONOTONIC, &ended);
    double taken_s = (double) (ended.tv_sec - began.tv_sec) + (double) (ended.tv_nsec - began.tv_nsec) / 1e9;
    if (strcmp(words[1], "once"))
        printf("%.1f\n", left / taken_s);
    return 0;
}
