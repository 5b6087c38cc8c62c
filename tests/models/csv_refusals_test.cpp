// SPDX-License-Identifier: MIT
// Files that must be refused, each with the kind of error, the place and the text.
#include "support.hpp"
#include "temporary.hpp"

#include <reel/models/csv.hpp>

using namespace reel;
using reel::test::check_error;
using reel::test::temporary_directory;

namespace {

struct bad_input {
  std::string what, text;
  errc code;
  std::string where, message;
  csv_options options = {};
};

constexpr auto parse = errc::parse_error;
constexpr auto argument = errc::invalid_argument;

std::string many_labels() {
  std::string text = "x,y\n";
  for (int i = 0; i <= 65536; ++i) text += "1," + std::to_string(i) + '\n';
  return text;
}

using namespace std::string_literals;

const bad_input table[] = {
    // Nothing to read
    {"empty file", "", parse, "1:1", "the file is empty"},
    {"only a byte-order mark", "\xEF\xBB\xBF", parse, "1:1", "the file is empty"},
    {"only blank lines", "\n  \r\n\t\n", parse, "1:1", "the file is empty"},
    {"only a header", "a,b,label\n", parse, "1:1", "there is a header and nothing below it"},
    {"only a header, by option", "1,2,3\n", parse, "1:1", "nothing below", {.header = csv_header::present}},
    {"one column", "1\n2\n", parse, "1:1", "one column only"},
    {"another separator than said",
     "1;2;a\n",
     parse,
     "1:1",
     "separator something else than ','",
     {.separator = ','}},
    {"blanks for separators", "1 2 a\n", parse, "1:1", "one column only"},

    // Not text
    {"UTF-16, little end first", "\xFF\xFE\x31\x00"s, parse, "1:1", "UTF-16"},
    {"UTF-16, big end first", "\xFE\xFF\x00\x31"s, parse, "1:1", "UTF-16"},
    {"spreadsheet", "PK\x03\x04xl/workbook", parse, "1:1", "export it as CSV"},
    {"zero byte", "1,2,a\n3,\0,b\n"s, parse, "2:3", "a zero byte"},
    {"zero byte in quotes", "1,2,\"a\0\"\n"s, parse, "1:7", "a zero byte"},
    {"Latin-1 class", "1,2,\"M\xE4nner\"\n", parse, "1:5", "'M?nner' is not UTF-8"},
    {"Latin-1 header", "l\xE4nge,label\n1,a\n", parse, "1:1", "the name 'l?nge' is not UTF-8"},
    {"UTF-8 cut short", "1,2,a\xC3\n", parse, "1:5", "not UTF-8"},
    {"over-long UTF-8", "1,2,\xC0\xAF\n", parse, "1:5", "not UTF-8"},
    {"half of a surrogate pair", "1,2,\xED\xA0\x80\n", parse, "1:5", "not UTF-8"},

    // Ragged rows
    {"row too short", "a,b,label\n1,2,x\n3,y\n", parse, "3:3", "2 fields and line 1 has 3"},
    {"row too long", "a,b,label\n1,2,x\n3,4,5,y\n", parse, "3:7", "4 fields and line 1 has 3"},
    {"row of one field", "a,b,label\n1,2,x\n3\n", parse, "3:1", "1 fields and line 1 has 3"},
    {"separator at the end of a row", "a,b,label\n1,2,x,\n", parse, "2:7", "4 fields"},
    {"first line shorter", "1,x\n1,2,x\n", parse, "2:5", "3 fields and line 1 has 2"},
    {"text cut off", "a,b,label\n1,2,x\n3,4", parse, "3:3", "2 fields"},
    {"unquoted separator in a name", "a,label\n1,Washington, D.C.\n", parse, "2:15", "3 fields"},

    // Quotes
    {"quote never closed", "1,2,\"a\n3,4,b\n", parse, "1:5", "this quote is never closed"},
    {"quote never closed, later", "1,2,a\n3,\"4,b\n5,6,c\n", parse, "2:3", "this quote is never closed"},
    {"text after a quote", "1,2,\"a\"b\n", parse, "1:8", "text after the closing quote"},
    {"quote in a field", "1,2,5\"\n", parse, "1:6", "a quote inside a field"},
    {"two quotes in a plain field", "1,2,a\"b\"\n", parse, "1:6", "put the whole field in quotes"},

    // Features
    {"text for a number", "a,b,label\n1,2,x\n1,red,y\n", parse, "3:3",
     "'red' in column 2 ('b') is not a number"},
    {"text for a number, no header", "1,2,x\n1,red,y\n", parse, "2:3", "'red' in column 2 is not a number"},
    {"decimal comma", "a;b;label\n1,5;2;x\n", parse, "2:1", "write a decimal point"},
    {"decimal comma, no header", "1,5;2,5;x\n1,5;2,5;x\n", parse, "2:1", "write a decimal point"},
    {"NaN", "a,b,label\n1,NaN,x\n", parse, "2:3", "column 2 ('b') is NaN"},
    {"minus NaN", "a,b,label\n-nan,1,x\n", parse, "2:1", "is NaN"},
    {"infinity", "a,b,label\n1,inf,x\n", parse, "2:3", "'inf' in column 2 ('b') is infinite"},
    {"minus infinity", "a,b,label\n-Infinity,1,x\n", parse, "2:1", "is infinite"},
    {"too large", "a,b,label\n1,1e999,x\n", parse, "2:3", "larger than any double"},
    {"too large, in digits", "1," + std::string(400, '9') + ",x\n", parse, "1:3", "larger than any double"},
    {"absurd exponent", "1,1e99999999999999999999,x\n", parse, "1:3", "larger than any double"},
    {"missing", "a,b,label\n,2,x\n", parse, "2:1", "the value of column 1 ('a') is missing"},
    {"missing in quotes", "a,b,label\n\"\",2,x\n", parse, "2:1", "is missing"},
    {"question mark", "a,b,label\n?,2,x\n", parse, "2:1", "is missing: fill it in or remove the row"},
    {"NA", "a,b,label\n1,NA,x\n", parse, "2:3", "is missing"},
    {"null", "a,b,label\n1,null,x\n", parse, "2:3", "is missing"},
    {"hexadecimal", "1,0x1F,x\n", parse, "1:3", "is this line a header"},
    {"hexadecimal in a row", "a,b,label\n1,0x1F,x\n", parse, "2:3",
     "'0x1F' in column 2 ('b') is not a number"},
    {"thousands", "a,b,label\n1,1 000,x\n", parse, "2:3", "is not a number"},
    {"two signs", "a,b,label\n1,+-1,x\n", parse, "2:3", "is not a number"},
    {"exponent without digits", "a,b,label\n1,1e,x\n", parse, "2:3", "is not a number"},
    {"only a point", "a,b,label\n1,.,x\n", parse, "2:3", "is not a number"},
    {"number and text", "a,b,label\n1,2cm,x\n", parse, "2:3", "'2cm'"},
    {"digits of another script", "a,b,label\n1,٣,x\n", parse, "2:3", "'٣' in column 2 ('b') is not a number"},
    {"control characters in a message", "a,b,label\n1,\x1B[2J,x\n", parse, "2:3", "'?[2J'"},
    {"long text in a message", "a,b,label\n1," + std::string(500, 'q') + ",x\n", parse, "2:3",
     std::string(40, 'q') + "…'"},
    {"two label columns", "a,b,label\n1,cat,x\n", parse, "2:3", "one column only is the label"},

    // Advice that is true
    {"thousands or a decimal comma", "a,y\n\"2,718\",x\n", parse, "2:1",
     "if the comma separates thousands, leave it out: 2718; if it is decimal, write a decimal point in place "
     "of the comma, 2.718"},
    {"thousands, twice", "a,y\n\"-12,345,678\",x\n", parse, "2:1",
     "leave out the commas, which separate thousands: -12345678"},
    {"thousands and a fraction", "a,y\n\"9,999.25\",x\n", parse, "2:1", "separate thousands: 9999.25"},
    {"a comma that separates no thousands", "a,y\n\"12,34\",x\n", parse, "2:1",
     "write a decimal point in place of the comma, 12.34"},
    {"commas that separate nothing", "a,y\n\"1,2,3\",x\n", parse, "2:1", "features are numbers"},
    {"thousands with apostrophes", "a,y\n4'096'000,x\n", parse, "2:1",
     "leave out what separates thousands: 4096000"},
    {"thousands with narrow blanks", "a,y\n4\u202F096,x\n", parse, "2:1",
     "leave out what separates thousands: 4096"},
    {"a typographic minus", "a,y\n\u22128,x\n", parse, "2:1", "write its minus as -, as on a keyboard: -8"},
    {"a dash", "a,y\n--,x\n", parse, "2:1",
     "if it stands for a missing value, say so: option missing_marks = --"},
    {"None", "a,y\nNone,x\n", parse, "2:1", "option missing_marks = None"},
    {"a date", "a,y\n1999-12-31,x\n", parse, "2:1", "dates are no numbers"},
    {"a date and a time", "a,y\n31.12.1999 23:59,x\n", parse, "2:1", "dates are no numbers"},
    {"a share", "a,y\n15%,x\n", parse, "2:1", "write the number alone"},
    {"money", "a,y\n\u20AC 15.50,x\n", parse, "2:1", "write the number alone"},
    {"a unit", "a,y\n15 km,x\n", parse, "2:1", "write the number alone, without what stands beside it"},
    {"a misprint", "a,y\nl5.5,x\n", parse, "2:1", "features are numbers"},
    {"another misprint", "a,y\n15.5O,x\n", parse, "2:1", "features are numbers"},
    {"a class first, without a header", "red,1,2\nblue,3,4\n", parse, "1:1",
     "'red' in column 1 is not a number: features are numbers, and one column only is the label"},
    {"a label of many digits", "1,2,0\n1,2,36028797018963969\n", parse, "2:5",
     "the label '36028797018963969' is a whole number beyond 2^53, where doubles do not tell neighbours "
     "apart: put such labels in quotes"},
    {"a label of 400 digits", "1,2,0\n1,2," + std::string(400, '7') + "\n", parse, "2:5",
     "is larger than any double: put labels of so many digits in quotes"},

    // Other formats
    {"NumPy's archive", "PK\x03\x04"s + std::string(22, '\0') + "\x05\0\0\0x.npy"s, parse, "1:1",
     "this is an NPZ file"},
    {"a new spreadsheet", "PK\x03\x04"s + std::string(22, '\0') + "\x0F\0\0\0_rels/.relsxxxx"s, parse, "1:1",
     "this is a spreadsheet: export it as CSV first"},
    {"an archive", "PK\x03\x04"s + std::string(22, '\0') + "\x05\0\0\0a.csv"s, parse, "1:1",
     "this is a zip archive: unpack it"},
    {"an old spreadsheet", "\xD0\xCF\x11\xE0\xA1\xB1", parse, "1:1", "Excel's old format"},
    {"Parquet", "PAR1\x15\x04", parse, "1:1", "this is a Parquet file"},
    {"a pickle", "\x80\x04\x95", parse, "1:1", "pickled Python object"},
    {"bzip2", "BZh91AY&SY", parse, "1:1", "packed with bzip2"},
    {"a web page", "<!DOCTYPE html>\n", parse, "1:1", "this is a web page"},
    {"JSON", "[{\"a\": 1}]", parse, "1:1", "this is JSON"},
    {"ARFF", "@relation x\n@data\n1,2\n", parse, "1:1", "this is ARFF"},

    // Header or not
    {"half a header", "5.1,abc,1.4,setosa\n4.9,3,1.4,setosa\n", parse, "1:5",
     "'abc' is no number but '1.4' is"},
    {"header where none was promised",
     "a,b,label\n1,2,x\n",
     parse,
     "1:1",
     "'a' in column 1 is not a number",
     {.header = csv_header::absent}},
    {"second header", "a,b,label\n1,2,x\na,b,label\n", parse, "3:1", "'a' in column 1 ('a') is not a number"},

    // Labels
    {"fraction", "1,2,0\n1,2,1.5\n", parse, "2:5", "the label '1.5' is not a whole number"},
    {"fraction before whole numbers", "1,2,0.25\n1,2,1\n", parse, "1:5", "the label '0.25'"},
    {"label missing", "a,b,label\n1,2,\n", parse, "2:5", "the label is missing"},
    {"label missing in quotes", "a,b,label\n1,2,\"\"\n", parse, "2:5", "the label is missing"},
    {"label NA", "a,b,label\n1,2,x\n1,2,NA\n", parse, "3:5", "the label is missing"},
    {"label NaN", "1,2,0\n1,2,nan\n", parse, "2:5", "the label is NaN"},
    {"label infinite", "1,2,0\n1,2,inf\n", parse, "2:5", "the label 'inf' is not a whole number"},
    {"label beyond 2^53", "1,2,0\n1,2,9007199254740994\n", parse, "2:5", "the label '9007199254740994'"},
    {"label 1e300", "1,2,1e300\n", parse, "1:5", "the label '1e300'"},
    {"label too large", "1,2,1e999\n", parse, "1:5", "the label '1e999'"},
    {"too many classes", many_labels(), parse, "65538:3", "more than 65536 different labels"},
    {"unknown class",
     "1,2,a\n1,2,c\n",
     parse,
     "2:5",
     "unknown class 'c': the classes are 'a', 'b'",
     {.class_names = {"a", "b"}}},
    {"unknown number", "1,2,0\n1,2,7\n", parse, "2:5", "unknown class '7'", {.class_names = {"0", "1"}}},

    // Options
    {"no such column",
     "a,b,label\n1,2,x\n",
     argument,
     "",
     "none of the columns of 'bad.csv' is called 'c'; they are 'a', 'b', 'label'",
     {.label = "c"}},
    {"name in another case", "a,b,Label\n1,2,x\n", argument, "", "is called 'label'", {.label = "label"}},
    {"two such columns", "a,b,a\n1,2,x\n", argument, "", "more than one of the columns", {.label = "a"}},
    {"index too large",
     "1,2,x\n",
     argument,
     "",
     "label_column 3 is outside the 3 columns",
     {.label_column = 3}},
    {"index too far from the end",
     "1,2,x\n",
     argument,
     "",
     "label_column -4 is outside",
     {.label_column = -4}},
    {"name without header",
     "1,2,x\n",
     argument,
     "",
     "without a header",
     {.header = csv_header::absent, .label = "x"}},
    {"a quote as separator", "1,2,x\n", argument, "", "separator '\"'", {.separator = '"'}},
    {"a digit as separator", "1,2,x\n", argument, "", "separator '7'", {.separator = '7'}},
    {"a point as separator", "1,2,x\n", argument, "", "separator '.'", {.separator = '.'}},
    {"a line end as separator", "1,2,x\n", argument, "", "occurs inside fields", {.separator = '\n'}},
    {"a class named twice", "1,2,x\n", argument, "", "'x' is named twice", {.class_names = {"x", "y", "x"}}},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(csv_refusals)

BOOST_AUTO_TEST_CASE(bad_inputs_are_refused_with_kind_place_and_text) {
  for (const bad_input& row : table) BOOST_TEST_CONTEXT(row.what) {
      check_error(
          row.code, [&] { parse_csv(row.text, row.options, "bad.csv"); },
          row.where.empty() ? "" : "ParseError: bad.csv:" + row.where + ": ", row.message);
    }
}

// What is refused in memory is refused in a file, whatever pieces it is read in.
BOOST_AUTO_TEST_CASE(files_are_refused_as_texts_are) {
  const temporary_directory place;
  for (const bad_input& row : table) BOOST_TEST_CONTEXT(row.what) {
      const std::string path = place.file("bad.csv", row.text);
      std::string expected;
      try {
        parse_csv(row.text, row.options, path);
      } catch (const error& e) {
        expected = e.what();
      }
      check_error(
          row.code, [&] { read_csv(path, row.options); }, expected);
    }
}

BOOST_AUTO_TEST_CASE(a_refusal_deep_in_a_large_file_counts_lines_and_columns) {
  const temporary_directory place;
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "0.125,\"1\",17,label\r\n";
  const std::string path = place.file("deep.csv", text + "0.125,\"1\",1x7,label\r\n");
  check_error(
      errc::parse_error, [&] { read_csv(path); }, path + ":100001:11: '1x7' in column 3");
}

BOOST_AUTO_TEST_CASE(a_record_without_an_end_is_not_read_to_the_end) {
  std::string text(std::size_t{17} << 20, 'x');
  check_error(
      errc::parse_error, [&] { parse_csv("1,2,\"" + text); }, "csv:1:1: a record of more than 16 MiB");
  const temporary_directory place;
  const std::string path = place.file("endless.csv", "1,2,a\n3,4,\"" + text);
  check_error(
      errc::parse_error, [&] { read_csv(path); }, path + ":2:1: a record of more than 16 MiB");
}

BOOST_AUTO_TEST_CASE(a_record_of_separators_is_not_read_to_the_end) {
  const std::string text(std::size_t{2} << 20, ',');
  check_error(
      errc::parse_error, [&] { parse_csv(text); }, "csv:1:1048576: more than 1048576 columns");
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_read_are_refused) {
  check_error(
      errc::bad_file, [] { read_csv("/no/such/directory/x.csv"); },
      "'/no/such/directory/x.csv' cannot be opened", "No such file");
  check_error(
      errc::bad_file, [] { read_csv(""); }, "'' cannot be opened");
  check_error(
      errc::bad_file, [] { read_csv(temporary_directory().path()); }, "is a directory");
}

BOOST_AUTO_TEST_SUITE_END()
