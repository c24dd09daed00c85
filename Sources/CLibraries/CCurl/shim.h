/* libcurl's option calls take variable arguments, which Swift does not import: a typed one each. */
#ifndef DOORSTEP_CCURL_SHIM_H
#define DOORSTEP_CCURL_SHIM_H

#include <curl/curl.h>

typedef size_t (*cc_data_callback)(char *bytes, size_t size, size_t count, void *context);
typedef int (*cc_seek_callback)(void *context, curl_off_t offset, int origin);

static inline CURLcode cc_set_long(CURL *easy, CURLoption option, long value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode cc_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(easy, option, value);
}

/* libcurl copies the text. NULL puts the option back to nothing. */
static inline CURLcode cc_set_text(CURL *easy, CURLoption option, const char *value) {
  return curl_easy_setopt(easy, option, value);
}

/* libcurl keeps the pointer. */
static inline CURLcode cc_set_pointer(CURL *easy, CURLoption option, void *value) {
  return curl_easy_setopt(easy, option, value);
}

/* libcurl keeps the list. */
static inline CURLcode cc_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode cc_set_data_callback(CURL *easy, CURLoption option, cc_data_callback value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode cc_set_seek_callback(CURL *easy, cc_seek_callback value) {
  return curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, value);
}

/* libcurl copies the bytes. */
static inline CURLcode cc_set_blob(CURL *easy, CURLoption option, const void *bytes, size_t count) {
  struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_COPY};
  return curl_easy_setopt(easy, option, &blob);
}

static inline CURLcode cc_get_long(CURL *easy, CURLINFO info, long *value) {
  return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode cc_get_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
  return curl_easy_getinfo(easy, info, value);
}

static inline CURLMcode cc_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

/* The result is in a union. */
static inline CURLcode cc_message_result(const CURLMsg *message) {
  return message->data.result;
}

static inline CURLcode cc_resume(CURL *easy) {
  return curl_easy_pause(easy, CURLPAUSE_CONT);
}

#endif
