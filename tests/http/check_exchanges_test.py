"""That check_exchanges.py finds what it is there to find. Usage: check_exchanges_test.py OPENAPI."""
import json
import sys
import unittest

import check_exchanges

GOOD = {"method": "GET", "path": "/api/orders?limit=1", "request": "", "status": 200, "type": "application/json",
        "body": '{"items":[],"next":null}'}


class CheckTest(unittest.TestCase):
    def complaint(self, **changes):
        return check_exchanges.check(DOCUMENT, GOOD | changes)[0]

    def test_takes_what_is_as_described(self):
        self.assertIsNone(self.complaint())
        self.assertIsNone(self.complaint(status=401, body='{"code":"token_missing","message":"m","details":{}}'))

    def test_finds_an_undocumented_path_status_field_and_code(self):
        self.assertIn("no such operation", self.complaint(path="/api/nothing"))
        self.assertIn("status 418", self.complaint(status=418))
        self.assertIn("surplus", self.complaint(body='{"items":[],"next":null,"surplus":1}'))
        self.assertIn("strange", self.complaint(status=401, body='{"code":"strange","message":"m","details":{}}'))

    def test_finds_a_missing_field_a_wrong_type_and_broken_json(self):
        self.assertIn("next", self.complaint(body='{"items":[]}'))
        self.assertIn("items", self.complaint(body='{"items":{},"next":null}'))
        self.assertIn("not JSON", self.complaint(body='{'))

    def test_finds_an_undocumented_field_of_a_request_that_was_taken(self):
        login = {"method": "POST", "path": "/api/users/login",
                 "body": '{"accessToken":"a","refreshToken":"b","expiresIn":1,"tokenType":"Bearer"}'}
        self.assertIsNone(self.complaint(**login, request='{"userName":"a","password":"b"}'))
        self.assertIn("other", self.complaint(**login, request='{"userName":"a","password":"b","other":1}'))


if __name__ == "__main__":
    with open(sys.argv.pop(1), encoding="utf-8") as file:
        DOCUMENT = check_exchanges.Document(json.load(file))
    unittest.main()
