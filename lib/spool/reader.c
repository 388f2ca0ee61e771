/* SPDX-License-Identifier: MIT */
/* Scans and fetches records. Owns the descriptor, the window and the piece cache; knows nothing of what records mean. */
#include "spool/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/own.h"

#define WINDOW_BYTES ((size_t)512 << 10)
#define RECORD_MAX ((size_t)128 << 10)

/* Read `len` bytes at `offset`; fewer only at the end of the file. The number of bytes, or -errno. */
static ssize_t read_at(int fd, void *out, size_t len, uint64_t offset)
{
    size_t done = 0;
    while (done < len) {
        ssize_t got = pread(fd, (char *)out + done, len - done, (off_t)(offset + done));
        if (got < 0 && errno != EINTR)
            return -errno;
        if (got == 0)
            break;
        done += got > 0 ? (size_t)got : 0;
    }
    return (ssize_t)done;
}

/* Records are fetched in random order, but those of processes that ran at the same time are close to each other in the file: a
 * small direct-mapped cache of pieces serves most fetches. */
#define PIECE_BYTES 4096u
#define PIECES 256u

/* The offsets are an array of their own: clearing it empties the cache without touching the bytes, a mebibyte that a small run
 * never uses. */
struct spool_pieces {
    uint64_t at[PIECES]; /* offset in the file; 0, where the header is, means empty */
    size_t len[PIECES];
    uint8_t bytes[PIECES][PIECE_BYTES];
};

/* As read_at(), through the cache. */
static ssize_t read_piecewise(struct spool_reader *reader, void *out, size_t len, uint64_t offset)
{
    size_t done = 0;
    while (done < len) {
        uint64_t at = (offset + done) & ~(uint64_t)(PIECE_BYTES - 1);
        struct spool_pieces *pieces = reader->pieces;
        size_t nth = at / PIECE_BYTES % PIECES, skip = (size_t)(offset + done - at);
        if (pieces->at[nth] != at) {
            ssize_t got = read_at(reader->fd, pieces->bytes[nth], PIECE_BYTES, at);
            pieces->at[nth] = got < 0 ? 0 : at;
            pieces->len[nth] = got < 0 ? 0 : (size_t)got;
            if (got < 0)
                return got;
        }
        if (pieces->len[nth] <= skip)
            break;
        size_t part = MIN(pieces->len[nth] - skip, len - done);
        memcpy((char *)out + done, pieces->bytes[nth] + skip, part);
        done += part;
    }
    return (ssize_t)done;
}

/* Empty the cache, so that nothing fetched after a scan is older than the scan: the run may be going on. */
static void forget_pieces(struct spool_reader *reader)
{
    memset(reader->pieces->at, 0, sizeof reader->pieces->at);
}

static int is_sane(int64_t value)
{
    return value >= 0 && value < SPOOL_SANE_MAX;
}

static int is_sane_wall(int64_t value)
{
    return value >= 0 && value < SPOOL_WALL_MAX;
}

/* Check the header and compute the end of the records: the minimum of what is claimed, what is reserved and the file's size, since
 * each may be damaged, or ahead of the others while the run is going on. */
static int reader_check_header(struct spool_reader *reader, uint64_t size)
{
    const struct spool_header *h = &reader->header;
    if (h->magic != SPOOL_MAGIC)
        return -EPROTO;
    if (h->version != SPOOL_VERSION)
        return -ENOTSUP;
    if (!is_sane_wall(h->start_wall_ns) || !is_sane(h->start_mono_ns) || !is_sane(h->end_mono_ns))
        return -EPROTO;
    if (h->header_bytes != SPOOL_HEADER_BYTES || memchr(h->run_id, '\0', sizeof h->run_id) == NULL)
        return -EPROTO;
    reader->header.message[sizeof h->message - 1] = '\0';
    reader->end = MIN(MIN(h->next, h->reserved), MIN(size, SPOOL_LIMIT_MAX)) & ~(uint64_t)(SPOOL_ALIGN - 1);
    return 0;
}

/* The header is copied, so that a running job can't change the bounds during a scan. */
int spool_reader_open_fd(struct spool_reader *reader, int fd)
{
    *reader = (struct spool_reader){.fd = -1};
    struct stat st;
    if (fstat(fd, &st))
        return -errno;
    ssize_t got = read_at(fd, &reader->header, sizeof reader->header, 0);
    if (got < 0)
        return (int)got;
    if (got < (ssize_t)sizeof reader->header)
        return -EPROTO;
    int err = reader_check_header(reader, (uint64_t)st.st_size);
    if (err)
        return err;
    reader->window = malloc(WINDOW_BYTES);
    reader->pieces = calloc(1, sizeof *reader->pieces);
    if (!reader->window || !reader->pieces) {
        spool_reader_close(reader);
        return -ENOMEM;
    }
    reader->fd = fd;
    return 0;
}

void spool_reader_close(struct spool_reader *reader)
{
    if (reader->fd >= 0)
        close(reader->fd);
    free(reader->window);
    free(reader->pieces);
    *reader = (struct spool_reader){.fd = -1};
}

static int end_is_sane(const struct spool_end *end)
{
    return is_sane(end->exec_ns) && is_sane(end->end_ns);
}

/* Check an image so far that callers can use its strings and add up its figures without further checks. */
static int image_is_good(const struct spool_image *image)
{
    size_t text = (size_t)image->exe_bytes + image->cwd_bytes + image->args_bytes;
    if (sizeof *image > image->head.bytes || text > image->head.bytes - sizeof *image)
        return 0;
    if (!image->exe_bytes || !image->cwd_bytes)
        return 0;
    if (!is_sane(image->start_ns) || !is_sane(image->ready_ns) || !end_is_sane(&image->end))
        return 0;
    if (!is_sane((int64_t)image->user_us) || !is_sane((int64_t)image->sys_us) ||
        !is_sane((int64_t)image->tree_user_us) || !is_sane((int64_t)image->tree_sys_us))
        return 0;
    const char *cwd = image->text + image->exe_bytes, *args = cwd + image->cwd_bytes;
    return cwd[-1] == '\0' && args[-1] == '\0' && (!image->args_bytes || args[image->args_bytes - 1] == '\0');
}

/* Check a block's size only. Its cells change as long as its owner lives, so spool_cell_is_good() checks them one at a time. */
static int block_is_good(const struct spool_block *block)
{
    return block->head.bytes >= sizeof *block &&
           block->cells == (block->head.bytes - sizeof *block) / sizeof(struct spool_cell);
}

/* Check `record`, of which `room` bytes are in memory. When it is valid, the distance to the next record: for a page the length
 * of its head, as records follow within it; otherwise the record's length. Else 0. */
static size_t record_is_good(const struct spool_record *record, size_t room, uint64_t offset)
{
    if (record->tag != spool_tag(offset))
        return 0;
    size_t bytes = record->bytes;
    if (bytes < SPOOL_ALIGN || bytes % SPOOL_ALIGN || bytes > room)
        return 0;
    if (record->kind == SPOOL_PAGE)
        return bytes == SPOOL_PAGE_BYTES && offset % SPOOL_PAGE_BYTES == 0 ? sizeof(struct spool_page) : 0;
    int good = record->kind == SPOOL_IMAGE   ? image_is_good((const void *)record)
               : record->kind == SPOOL_BLOCK ? block_is_good((const void *)record)
                                             : 0;
    return good ? bytes : 0;
}

/* How many bytes from `offset` on are in the window. */
static uint64_t window_room(const struct spool_reader *reader, uint64_t offset)
{
    uint64_t until = reader->window_at + reader->window_len;
    return offset >= reader->window_at && offset < until ? until - offset : 0;
}

/* Bring [offset, offset + want), as far as it exists, into the window. The number of bytes available there, at most RECORD_MAX, or
 * -errno. */
static ssize_t reader_window(struct spool_reader *reader, uint64_t offset, uint64_t want)
{
    want = MIN(want, reader->end - offset);
    if (window_room(reader, offset) < want) {
        uint64_t len = MAX(want, MIN(reader->data_end, reader->end) - MIN(offset, MIN(reader->data_end, reader->end)));
        ssize_t got = read_at(reader->fd, reader->window, MIN(len, (uint64_t)WINDOW_BYTES), offset);
        if (got < 0)
            return got;
        reader->window_at = offset;
        reader->window_len = (size_t)got;
    }
    return (ssize_t)MIN(window_room(reader, offset), (uint64_t)RECORD_MAX);
}

/* The next offset, from `offset` on, that is not in a hole of the file: a job can make its spool 64 GiB long without content. File
 * systems without SEEK_DATA count as having no holes. */
static uint64_t reader_skip_hole(struct spool_reader *reader, uint64_t offset)
{
    if (offset < reader->data_end)
        return offset;
    off_t data = lseek(reader->fd, (off_t)offset, SEEK_DATA);
    if (data < 0 && errno == ENXIO)
        return reader->end;
    uint64_t from = data < 0 ? offset : MAX((uint64_t)data & ~(uint64_t)(SPOOL_ALIGN - 1), offset);
    off_t hole = data < 0 ? -1 : lseek(reader->fd, data, SEEK_HOLE);
    reader->data_end = hole < 0 ? reader->end : MAX((uint64_t)hole, from + SPOOL_ALIGN);
    return from;
}

/* Whether all bytes are 0: the first one is, and each equals its predecessor. */
static int is_zero(const void *bytes, size_t len)
{
    const char *b = bytes;
    return b[0] == '\0' && !memcmp(b, b + 1, len - 1);
}

/* Whether this is a page that was mapped but in which nothing was claimed: its process was killed just then. */
static int is_unused_page(const struct spool_record *record, uint64_t offset)
{
    const struct spool_page *page = (const void *)record;
    return offset % SPOOL_PAGE_BYTES == 0 && is_zero(&page->head, sizeof page->head) && page->used == 0;
}

/* Add, saturating: damaged records may contain any number. */
static void add_up(uint64_t *sum, uint64_t more)
{
    if (__builtin_add_overflow(*sum, more, sum))
        *sum = UINT64_MAX;
}

/* The time spent in the shim that this record contains. A process adds it to its page, its block or its birth cell, whichever it
 * has. */
static uint64_t record_shim_ns(const struct spool_record *record)
{
    if (record->kind == SPOOL_PAGE)
        return ((const struct spool_page *)(const void *)record)->shim_ns;
    if (record->kind != SPOOL_BLOCK)
        return 0;
    const struct spool_block *block = (const void *)record;
    uint64_t sum = block->shim_ns;
    for (uint32_t i = 0; i < block->cells; i++)
        if (block->cell[i].kind == SPOOL_CELL_BORN)
            add_up(&sum, block->cell[i].born.shim_ns);
    return sum;
}

/* Point *record to the bytes at `offset`. If they look like a record, all of it is brought into the window. The number of bytes
 * available, or -errno. */
static ssize_t reader_record(struct spool_reader *reader, uint64_t offset, const struct spool_record **record)
{
    ssize_t room = reader_window(reader, offset, SPOOL_ALIGN);
    if (room < (ssize_t)SPOOL_ALIGN)
        return room;
    *record = (const void *)(reader->window + (offset - reader->window_at));
    uint32_t bytes = (*record)->bytes;
    if ((*record)->tag != spool_tag(offset) || bytes <= (size_t)room || bytes > RECORD_MAX)
        return room;
    room = reader_window(reader, offset, bytes);
    *record = (const void *)(reader->window + (offset - reader->window_at));
    return room;
}

/* After an invalid record the scan resumes at the next unit of SPOOL_ALIGN bytes. A valid record is recognised by its tag, which
 * contains its offset, so only the damaged bytes are lost. */
static int scan(struct spool_reader *reader, spool_record_fn each, void *ctx)
{
    reader->damaged_bytes = 0;
    reader->shim_ns = reader->header.shim_ns;
    reader->window_len = 0;
    reader->data_end = 0;
    for (uint64_t offset = SPOOL_HEADER_BYTES; (offset = reader_skip_hole(reader, offset)) < reader->end;) {
        const struct spool_record *record = NULL;
        ssize_t room = reader_record(reader, offset, &record);
        if (room < 0)
            return (int)room;
        if (room < (ssize_t)SPOOL_ALIGN) {
            reader->damaged_bytes += reader->end - offset; /* truncated */
            return 0;
        }
        size_t step = record_is_good(record, (size_t)room, offset);
        int stop = 0;
        if (step)
            add_up(&reader->shim_ns, record_shim_ns(record));
        else if (!is_zero(record, SPOOL_ALIGN) && !is_unused_page(record, offset)) /* zeros: the end of a page */
            reader->damaged_bytes += SPOOL_ALIGN;
        if (step && record->kind != SPOOL_PAGE)
            stop = each(ctx, record, offset);
        if (stop)
            return stop;
        offset += step ? step : SPOOL_ALIGN;
    }
    return 0;
}

int spool_reader_scan(struct spool_reader *reader, spool_record_fn each, void *ctx)
{
    forget_pieces(reader);
    int result = scan(reader, each, ctx);
    forget_pieces(reader);
    return result;
}

int spool_reader_get(struct spool_reader *reader, uint64_t offset, struct spool_record **out)
{
    if (offset < SPOOL_HEADER_BYTES || offset >= reader->end || offset % SPOOL_ALIGN)
        return -EPROTO;
    struct spool_record head;
    ssize_t got = read_piecewise(reader, &head, sizeof head, offset);
    if (got < 0)
        return (int)got;
    if (got < (ssize_t)sizeof head || head.bytes > RECORD_MAX || head.bytes < SPOOL_ALIGN)
        return -EPROTO;
    auto_free struct spool_record *record = malloc(head.bytes);
    if (!record)
        return -ENOMEM;
    got = read_piecewise(reader, record, head.bytes, offset);
    if (got < 0)
        return (int)got;
    if (!record_is_good(record, (size_t)got, offset) || record->kind == SPOOL_PAGE)
        return -EPROTO;
    *out = take_ptr(&record);
    return 0;
}

/* Cells have no tag: the caller must know that there is one at `offset`. */
int spool_reader_get_cell(struct spool_reader *reader, uint64_t offset, struct spool_cell *out)
{
    if (offset < SPOOL_HEADER_BYTES || offset >= reader->end || offset % SPOOL_ALIGN)
        return -EPROTO;
    ssize_t got = read_piecewise(reader, out, sizeof *out, offset);
    if (got < 0)
        return (int)got;
    return got == (ssize_t)sizeof *out ? 0 : -EPROTO;
}

int spool_cell_is_good(const struct spool_cell *cell)
{
    switch (cell->kind) {
    case SPOOL_CELL_BORN:
    case SPOOL_CELL_SYSTEM:
    case SPOOL_CELL_POPEN:
        return is_sane(cell->born.start_ns) && end_is_sane(&cell->born.end);
    case SPOOL_CELL_REAP:
    case SPOOL_CELL_REAP_BARE:
        return is_sane(cell->reap.end_ns) && is_sane((int64_t)cell->reap.user_us) &&
               is_sane((int64_t)cell->reap.sys_us);
    default:
        return 0;
    }
}

struct wait_status spool_end_status(const struct spool_end *end)
{
    return end->left == SPOOL_LEFT_EXIT ? wait_status_of_exit(end->code) : WAIT_STATUS_UNKNOWN;
}

int spool_cell_is_reap(const struct spool_cell *cell)
{
    return cell->kind == SPOOL_CELL_REAP || cell->kind == SPOOL_CELL_REAP_BARE;
}

const char *spool_image_exe(const struct spool_image *image)
{
    return image->text;
}

const char *spool_image_cwd(const struct spool_image *image)
{
    return image->text + image->exe_bytes;
}

const char *spool_image_first_arg(const struct spool_image *image)
{
    return image->args_bytes ? image->text + image->exe_bytes + image->cwd_bytes : NULL;
}

const char *spool_image_next_arg(const struct spool_image *image, const char *arg)
{
    const char *end = image->text + image->exe_bytes + image->cwd_bytes + image->args_bytes;
    const char *next = arg + strlen(arg) + 1;
    return next < end ? next : NULL;
}
