/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#pragma once

/* What infoplane-reader and its client (src/dump/ip-reader.c) say to each other.
 *
 * The client starts the reader with one end of a SOCK_SEQPACKET socket and the open file.  The
 * reader gives up its rights, opens the file and says whether it could: the first answer.  Then
 * every request gets one answer.  Requests and answers are serialised GVariants in machine byte
 * order, one per packet.  What is long goes through shared memory: a memfd that the client creates,
 * sizes and seals against resizing, and sends along with a request; it serves until another one
 * comes.  Neither side believes what the other wrote before it has copied and checked it. */

#define IP_PROTOCOL_SOCKET 3
#define IP_PROTOCOL_FILE 4

/* Kind, path of the object, start and count of the block, element type, marks of what to leave out
 * of the tree. */
#define IP_PROTOCOL_REQUEST "(ysatatyas)"
#define IP_PROTOCOL_MAX_REQUEST 16384

typedef enum
{
  IP_REQUEST_TREE,    /* the whole tree as IP_PROTOCOL_TREE */
  IP_REQUEST_BLOCK,   /* a block of a dataset as numbers of the element type */
  IP_REQUEST_STRINGS, /* all strings of a dataset as IP_PROTOCOL_STRINGS */
} IpRequestKind;

/* Status, bytes in the shared memory, message. */
#define IP_PROTOCOL_ANSWER "(uts)"
#define IP_PROTOCOL_MAX_ANSWER 4096

/* From IP_ANSWER_FAILED on in the order of IpReaderError. */
typedef enum
{
  IP_ANSWER_OK,
  IP_ANSWER_TOO_SMALL, /* the shared memory; the answer says how many bytes it takes */
  IP_ANSWER_FAILED,
  IP_ANSWER_NOT_HDF5,
  IP_ANSWER_TRUNCATED,
  IP_ANSWER_NOT_FOUND,
  IP_ANSWER_UNSUPPORTED,
  IP_ANSWER_REFUSED,
} IpAnswerStatus;

/* Types of elements, in the order of IpType; blocks are asked for in the first four, 'e' being the
 * bits of IEEE binary16. */
#define IP_PROTOCOL_TYPES "efdxs?"

/* Path, is a dataset, type, name of the type, size of an element, shape, chunk, filters, problem
 * ("" when there is none), attributes. */
#define IP_PROTOCOL_OBJECT "(sbysuatatssa(smv))"
/* Whether the file is flagged as open for writing, and all objects. */
#define IP_PROTOCOL_TREE "(ba" IP_PROTOCOL_OBJECT ")"
#define IP_PROTOCOL_STRINGS "as"

/* While the tree is read, the shared memory begins with the mark of what is in work: the path of an
 * object, or path@name for an attribute, ending with a zero.  When a reader breaks down, the next
 * one is asked to leave that out. */
#define IP_PROTOCOL_MAX_MARK 8192

/* Bytes of decompressed chunks that the reader keeps of one dataset, and of all. */
#define IP_PROTOCOL_MAX_CACHE ((size_t) 512 << 20)
#define IP_PROTOCOL_MAX_CACHES ((size_t) 1024 << 20)

#define IP_PROTOCOL_MAX_RANK 16
#define IP_PROTOCOL_MAX_PATH 4096
