/* SPDX-License-Identifier: GPL-3.0-or-later
 * SPDX-FileCopyrightText: 2026 The Infoplane developers */

#include "ip-number.h"

#include <ctype.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The locale of the calling thread alone is changed and put back. */
static locale_t
enter_c_locale (locale_t *c)
{
  *c = newlocale (LC_NUMERIC_MASK, "C", (locale_t) 0);
  return *c != (locale_t) 0 ? uselocale (*c) : (locale_t) 0;
}

static void
leave_c_locale (locale_t c, locale_t old)
{
  if (c == (locale_t) 0)
    return;
  uselocale (old);
  freelocale (c);
}

/* "%g" would write 30 as "3e+01". */
static void
print (double value, int digits, char text[IP_NUMBER_SIZE])
{
  char number[IP_NUMBER_SIZE];

  if (fabs (value) < 1e7 && value == nearbyint (value))
    snprintf (number, sizeof number, "%.0f", value);
  else
    snprintf (number, sizeof number, "%.*g", digits, value);
  memcpy (text, number, sizeof number);
}

void
ip_number_format (double value, char text[IP_NUMBER_SIZE])
{
  locale_t c;
  locale_t old = enter_c_locale (&c);

  for (int digits = 1; digits <= 17; digits++)
    {
      print (value, digits, text);
      if (isnan (value) || strtod (text, NULL) == value)
        break;
    }

  leave_c_locale (c, old);
}

void
ip_number_format_rounded (double value, int digits, char text[IP_NUMBER_SIZE])
{
  locale_t c;
  locale_t old = enter_c_locale (&c);

  print (value, digits, text);

  leave_c_locale (c, old);
}

bool
ip_number_parse (const char *text, double *value)
{
  locale_t c;
  locale_t old;
  char *end;

  if (*text == '\0' || isspace ((unsigned char) *text))
    return false;

  old = enter_c_locale (&c);
  *value = strtod (text, &end);
  leave_c_locale (c, old);

  return *end == '\0' && isfinite (*value);
}
