// Which line ends end something (L1.3), and the contents of texts (L1.7, L1.8).
//
// A line end is asked for only where the grammar can use one, so those inside `( )`, `[ ]` and holes, behind a comma, an
// operator, `=`, `->`, `then` and `|` are white space by themselves. What is left to decide here is how the next line
// begins. The scanner has no state: it reads ahead from the line end each time.

#include "tree_sitter/parser.h"

#include <string.h>

enum Token { NEWLINE, LINE_CONTENT, BLOCK_CONTENT, IN_TAIL, ERROR_SENTINEL };

enum { WORD_LENGTH = 16 };

void *tree_sitter_agentflow_external_scanner_create(void) { return NULL; }

void tree_sitter_agentflow_external_scanner_destroy(void *payload) { (void)payload; }

unsigned tree_sitter_agentflow_external_scanner_serialize(void *payload, char *buffer) {
  (void)payload;
  (void)buffer;
  return 0;
}

void tree_sitter_agentflow_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  (void)payload;
  (void)buffer;
  (void)length;
}

static bool is_blank(int32_t c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == 0xFEFF; }

static bool is_word(int32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c > 127;
}

static void blanks(TSLexer *lexer) {
  while (is_blank(lexer->lookahead)) {
    lexer->advance(lexer, false);
  }
}

// To the first token of the next line that has one. False at the end of the file.
static bool next_line(TSLexer *lexer) {
  for (;;) {
    while (is_blank(lexer->lookahead) || lexer->lookahead == '\n') {
      lexer->advance(lexer, false);
    }
    if (lexer->lookahead != '/') {
      return !lexer->eof(lexer);
    }
    lexer->advance(lexer, false);
    if (lexer->lookahead != '/') {
      return true;
    }
    while (lexer->lookahead != '\n' && !lexer->eof(lexer)) {
      lexer->advance(lexer, false);
    }
  }
}

// Reads a word; one that is too long for a keyword comes back empty.
static void word(TSLexer *lexer, char *into) {
  unsigned length = 0;
  while (is_word(lexer->lookahead)) {
    if (length < WORD_LENGTH - 1) {
      into[length] = lexer->lookahead > 127 ? '?' : (char)lexer->lookahead;
    }
    length += 1;
    lexer->advance(lexer, false);
  }
  into[length < WORD_LENGTH ? length : 0] = '\0';
}

static bool is(const char *word, const char *keyword) { return strcmp(word, keyword) == 0; }

// Whether the line goes on with the line before because of how it begins.
static bool goes_on(TSLexer *lexer, bool in_tail) {
  if (lexer->lookahead == '@' || lexer->lookahead == '|') {
    return true;
  }
  char first[WORD_LENGTH];
  word(lexer, first);
  if (first[0] == '\0') {
    return false;
  }
  blanks(lexer);
  if (lexer->lookahead == ':') {
    return false;
  }
  if (is(first, "and") || is(first, "or") || is(first, "then") || is(first, "otherwise")) {
    return true;
  }
  if (!in_tail) {
    return false;
  }
  if (is(first, "after") || is(first, "showing")) {
    return lexer->lookahead != '\n';
  }
  if (is(first, "to")) {
    return lexer->lookahead == '"';
  }
  if (is(first, "on")) {
    char second[WORD_LENGTH];
    word(lexer, second);
    return is(second, "failure");
  }
  return false;
}

static bool newline(TSLexer *lexer, bool in_tail) {
  while (is_blank(lexer->lookahead)) {
    lexer->advance(lexer, true);
  }
  if (lexer->lookahead != '\n') {
    return false;
  }
  lexer->advance(lexer, false);
  lexer->mark_end(lexer);
  lexer->result_symbol = NEWLINE;
  return !next_line(lexer) || !goes_on(lexer, in_tail);
}

// The content of a text up to a hole, an escape or its end. False if there is none.
static bool line_content(TSLexer *lexer) {
  bool any = false;
  lexer->result_symbol = LINE_CONTENT;
  for (;;) {
    lexer->mark_end(lexer);
    switch (lexer->lookahead) {
      case '"':
      case '\\':
      case '\n':
        return any;
      case '$':
        lexer->advance(lexer, false);
        if (lexer->lookahead == '{') {
          return any;
        }
        break;
      default:
        if (lexer->eof(lexer)) {
          return any;
        }
        lexer->advance(lexer, false);
    }
    any = true;
  }
}

static bool three_quotes(TSLexer *lexer) {
  for (int count = 0; count < 3; count++) {
    if (lexer->lookahead != '"') {
      return false;
    }
    lexer->advance(lexer, false);
  }
  return true;
}

static bool block_content(TSLexer *lexer) {
  bool any = false;
  lexer->result_symbol = BLOCK_CONTENT;
  for (;;) {
    lexer->mark_end(lexer);
    switch (lexer->lookahead) {
      case '"':
        if (three_quotes(lexer)) {
          return any;
        }
        break;
      case '$':
        lexer->advance(lexer, false);
        if (lexer->lookahead == '{') {
          return any;
        }
        break;
      case '\\':
        lexer->advance(lexer, false);
        if (lexer->lookahead == '$') {
          lexer->advance(lexer, false);
          if (lexer->lookahead == '{') {
            return any;
          }
        } else if (lexer->lookahead == '"' && three_quotes(lexer)) {
          return any;
        }
        break;
      default:
        if (lexer->eof(lexer)) {
          return any;
        }
        lexer->advance(lexer, false);
    }
    any = true;
  }
}

bool tree_sitter_agentflow_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
  (void)payload;
  if (valid[ERROR_SENTINEL]) {
    return newline(lexer, false);
  }
  if (valid[LINE_CONTENT]) {
    return line_content(lexer);
  }
  if (valid[BLOCK_CONTENT]) {
    return block_content(lexer);
  }
  if (valid[NEWLINE]) {
    return newline(lexer, valid[IN_TAIL]);
  }
  return false;
}
