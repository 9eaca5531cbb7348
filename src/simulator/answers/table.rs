//! The table of switches. A further one is an entry here and the one place that consults it.
//!
//! The names in quotes are pages of Adobe's REST documentation. "Seen" means a recorded or asserted
//! reply of a live instance. A digit-only value is the code that is answered.

use super::switch::{AnswerError, Switch, switches};

switches! {
    roleUnknownLead role_unknown_lead: RoleUnknownLead { Lead = "1004", Object = "1013" }
        "A role names a lead that does not exist. \"Custom Objects\" answers 1004 where a linked lead is missing."
    roleHiddenLead role_hidden_lead: RoleHiddenLead { NotFound = "1004", Denied = "1008" }
        "A role names a lead of a partition that the API user does not see. \"Leads\": such a lead is as good as absent; 1008 is \"Access denied to partition\"."
    roleUnknownOpportunity role_unknown_opportunity: RoleUnknownOpportunity { Object = "1013", Invalid = "1003" }
        "A role names an opportunity that does not exist. \"Error codes\": 1013 is \"Object not found\"."
    createExisting create_existing: CreateExisting { Object = "1017", Lead = "1005" }
        "createOnly meets an existing key. \"Error codes\": 1017 is \"Object already exists\", 1005 says so of leads."
    updateMissing update_missing: UpdateMissing { Object = "1013", Invalid = "1003" }
        "updateOnly meets no record. \"Error codes\": 1013 is \"Object not found\"."
    missingKey missing_key: MissingKey { Invalid = "1003", Parameter = "1002", Blank = "701" }
        "A record lacks a part of its key. 1003 with \"... not specified\" was seen for other missing members."
    nullName null_name: NullName { Invalid = "1003", Blank = "701", Accepted = "accepted" }
        "An opportunity's name is null. \"Opportunities\" says that it must not be, and no code."
    missingName missing_name: MissingName { Accepted = "accepted", Invalid = "1003" }
        "A new opportunity has no name. Seen on a live instance: it is created."
    tooLongString too_long_string: TooLongString { Invalid = "1003", Exceeds = "1077", Truncated = "truncated" }
        "Text is longer than its field. \"Error codes\": 1003 stands for invalid data; 1077 is used by merges."
    textLength text_length: TextLength { Characters = "characters", Bytes = "bytes" }
        "What the length of a field counts. \"Field types\" counts bytes of text areas only."
    badValue bad_value: BadValue { Invalid = "1003", Type = "1001", DatesFormat = "704ForDates" }
        "A date, number or boolean cannot be read. Seen for leads: 1003. \"Error codes\" also has 1001 (type mismatch) and 704 (date format)."
    zonelessDatetime zoneless_datetime: ZonelessDatetime { Refused = "refused", Central = "usCentral" }
        "A datetime has no offset. \"Field types\" recommends one; older pages speak of the instance's time zone."
    fourByteCharacters four_byte_characters: FourByteCharacters { Stored = "stored", Dropped = "dropped", Refused = "refused" }
        "Text holds characters of four bytes, as emoji. \"Field types\" speaks of UTF-8 with up to four bytes; older databases drop or refuse them."
    unknownField unknown_field: UnknownField { Record = "record1006", Response = "response1006", Ignored = "ignored" }
        "A record has a field that the object lacks. \"Error codes\" lists 1006 among the codes of records; leads were seen to answer it for the call."
    fieldNameCase field_name_case: FieldNameCase { Any = "any", Exact = "exact" }
        "A field's name comes in another letter case. Adobe's own samples write externalopportunityid and marketoGuid."
    readOnlyField read_only_field: ReadOnlyField { Invalid = "1003", Ignored = "ignored" }
        "A record writes a field that is not updateable. \"Error codes\": 1003 stands for invalid data."
    repeatedKey repeated_key: RepeatedKey { Duplicate = "1036", Applied = "applied" }
        "A key comes twice in one call. \"Error codes\": 1036 is \"Duplicate object found in input\", with companies as its example."
    keyCase key_case: KeyCase { Folded = "folded", Exact = "exact" }
        "Keys that differ in letter case. The pages on CRM sync insist on ids that are unique without regard to case."
    keyBlanks key_blanks: KeyBlanks { Trimmed = "trimmed", Kept = "kept" }
        "Keys that differ in blanks around them. No page says; a simulator that keeps them apart would hide mistakes."
    noopUpdate noop_update: NoopUpdate { Touched = "touched", Untouched = "untouched" }
        "An update that changes nothing is answered \"updated\"; whether updatedAt moves is nowhere said."
    secondPrimary second_primary: SecondPrimary { Accepted = "accepted", Invalid = "1003" }
        "A second role of an opportunity is primary. \"Opportunity Roles\" does not forbid it."
    unknownCompany unknown_company: UnknownCompany { Object = "1013", Stored = "stored" }
        "externalCompanyId names no known company. \"CRM Synchronization Architecture\": the company has to exist; no code is given."
    unknownSalesPerson unknown_sales_person: UnknownSalesPerson { Response = "response718", Record = "record718" }
        "externalSalesPersonId names no known sales person. \"Error codes\" lists 718 among the codes of responses, and says that Sync Opportunities answers it."
    crmWrite crm_write: CrmWrite { Record = "record1018", Response = "response1018" }
        "A write of opportunities while native CRM sync is on. \"Error codes\" lists 1018 among the codes of records."
    crmRoles crm_roles: CrmRoles { NotFound = "610", Denied = "603", Disabled = "703" }
        "A role endpoint while native CRM sync is on. \"Opportunity Roles\" says that they are not exposed, which is 610's meaning."
    crmManaged crm_managed: CrmManaged { Omitted = "omitted", Shown = "shown" }
        "Whether describe shows crmManaged while native CRM sync is on. The published description has the member, the samples do not."
    deleteMissing delete_missing: DeleteMissing { Object = "objectNotFound", Record = "recordNotFound" }
        "The message of 1013 for a delete of a missing record. \"Custom Objects\" writes \"Object not found\", \"Companies\" \"Record not found\"."
    deleteExtraMembers delete_extra_members: DeleteExtraMembers { Invalid = "1003", Field = "1006", Ignored = "ignored" }
        "A delete brings members beside the key. Seen for custom objects: each record is skipped, with a code that nobody noted."
    deleteOpportunityWithRoles delete_opportunity_with_roles: DeleteOpportunityWithRoles { InUse = "inUse", Cascade = "cascade", Orphan = "orphan" }
        "A delete of an opportunity that has roles. \"CRM Synchronization Architecture\": roles have to be deleted first; 1022 is \"Object in use\"."
    invalidAction invalid_action: InvalidAction { Invalid = "1003", Type = "1001" }
        "The action of a sync is unknown. 1003 was seen for an unknown dedupeBy."
    idFieldWithCreateOnly id_field_with_create_only: IdFieldWithCreateOnly { Response = "response1003", Record = "record1003" }
        "createOnly with dedupeBy idField. \"Lead Database\" forbids it; 1003 was seen for an unknown dedupeBy."
    idFieldWithUpsert id_field_with_upsert: IdFieldWithUpsert { Response = "response1003", Record = "record1003", Updates = "updates" }
        "createOrUpdate with dedupeBy idField. \"Custom Objects\" allows idField with updateOnly alone, \"Lead Database\" forbids it with createOnly alone; a GUID never creates."
    tooManyRecords too_many_records: TooManyRecords { Invalid = "1003", Type = "1001" }
        "A call brings more than 300 records. \"Lead Database\" states the limit and no code."
    emptyInput empty_input: EmptyInput { Invalid = "1003", Parameter = "1002" }
        "A call brings no records. 1003 with \"... not specified\" was seen for leads."
    filterNotSearchable filter_not_searchable: FilterNotSearchable { Invalid = "1003", Unsupported = "1011" }
        "filterType names a field that is not searchable. Seen for custom objects: 1003; 1011 is \"Field not supported\"."
    tooManyValues too_many_values: TooManyValues { Invalid = "1003", Truncated = "truncated" }
        "A query brings more than 300 filterValues. \"Opportunities\" states the limit and no code."
    unknownQueryField unknown_query_field: UnknownQueryField { Field = "1006", Invalid = "1003", Ignored = "ignored" }
        "A name in fields is unknown. \"Error codes\": 1006 is \"Field not found\"."
    batchSizeBeyond batch_size_beyond: BatchSizeBeyond { Invalid = "1003", Type = "1001", Clamped = "clamped" }
        "batchSize is not between 1 and 300. \"Opportunities\" states the limit; refusing it finds mistakes that a clamped size hides."
    refusedPageToken refused_page_token: RefusedPageToken { Invalid = "1003", NoData = "702" }
        "A nextPageToken belongs to another query, or is none. \"Paging tokens\" names no code."
    pageTokenLife page_token_life: PageTokenLife { Unlimited = "unlimited", TenMinutes = "tenMinutes" }
        "How long a nextPageToken is good. \"Paging tokens\" does not say."
    querySeq query_seq: QuerySeq { Page = "page", FilterValue = "filterValue" }
        "What seq counts in a query's rows. The samples of \"Opportunities\" fit both the place in the page and the index of the value that was asked for."
    queryOrder query_order: QueryOrder { Asked = "asked", Reversed = "reversed" }
        "The order of a page's rows. No page promises one."
    emptyField empty_field: EmptyField { Omitted = "omitted", Null = "asNull" }
        "A field that was asked for and has no value. \"Opportunities\": what is requested and not returned is null; leads were seen with explicit nulls."
    numberForm number_form: NumberForm { Numbers = "numbers", Text = "text" }
        "How numbers are answered. A sample of \"Opportunities\" has the amount in quotes; integers were seen as numbers."
    datetimeForm datetime_form: DatetimeForm { Utc = "utc", Offset = "offset", Zoneless = "withoutZone", Both = "utcAndOffset" }
        "How a query's datetimes are answered. Seen: UTC with Z; before 2015 UTC without T and Z; Z+0000 elsewhere in the API. \"Field types\" shows an offset."
    guidBlank guid_blank: GuidBlank { None = "none", Trailing = "trailing" }
        "Whether a query's marketoGUID ends with a blank, as in the samples of \"Opportunities\"; probably a slip of the page."
    lastPage last_page: LastPage { Omitted = "omitted", Said = "moreResultFalse" }
        "Whether the last page of opportunities or roles says moreResult. The samples leave it out."
    emptyResult empty_result: EmptyResult { List = "list", Omitted = "omitted" }
        "A result without rows. The published description requires the member; other endpoints were seen to leave it out."
    envelope envelope: Envelope { Short = "short", Full = "full" }
        "Whether empty errors and warnings are answered. The published description requires them, recorded replies lack them."
    amountType amount_type: AmountType { Currency = "currency", Float = "float" }
        "The data type of amount and expectedRevenue. No describe of the standard fields is published."
    probabilityType probability_type: ProbabilityType { Percent = "percent", Integer = "integer" }
        "The data type of probability. No describe of the standard fields is published."
    companyIdLength company_id_length: CompanyIdLength { Hundred = "100", Fifty = "50" }
        "The length of externalCompanyId and externalSalesPersonId. No describe of the standard fields is published."
    badCredentials bad_credentials: BadCredentials { InvalidClient = "invalid_client", Unauthorized = "unauthorized" }
        "The error of identity for a wrong id or secret. Seen: invalid_client; other clients also expect unauthorized."
    unknownClient unknown_client: UnknownClient { Named = "noSuchClient", Vague = "badCredentials" }
        "What identity says of an unknown client id. \"Authentication\" has the status only."
    badGrantType bad_grant_type: BadGrantType { BadRequest = "400", Unauthorized = "401" }
        "The status for a missing or unknown grant_type. RFC 6749 has 400; \"Error codes\" names 401 alone."
    identityForm identity_form: IdentityForm { Read = "read", Ignored = "ignored" }
        "Whether identity reads a form body. The published description has query parameters for both methods; clients send forms."
    missingToken missing_token: MissingToken { Missing = "600", Invalid = "601" }
        "A call without a token. 600 is in older lists of codes, which clients still go by; \"Error codes\" no longer has it."
    queryToken query_token: QueryToken { Invalid = "601", Missing = "600", Accepted = "accepted" }
        "The token comes as the parameter access_token. \"Authentication\" announces its end and not what follows."
    schemaPermission schema_permission: SchemaPermission { Either = "either", Custom = "customField", Both = "both" }
        "Which permission the schema endpoints need. The published description lists two, \"Endpoint reference\" one."
    checkOrder check_order: CheckOrder { PathFirst = "pathFirst", TokenFirst = "tokenFirst" }
        "Whether an unknown path or method is told to callers without a token. No page states an order of checks."
    notFoundStatus not_found_status: NotFoundStatus { Ok = "200", NotFound = "404" }
        "The HTTP status of 610. \"Error codes\" implies 200; a published test of another client has 404."
    refusedCalls refused_calls: RefusedCalls { Free = "free", Counted = "counted" }
        "Whether a call that is answered with a code counts for the limits. The note in \"Error codes\" says that it does not, of some codes or of all."
    serverTimeOut server_time_out: ServerTimeOut { TimeOut = "604", Gateway = "502" }
        "What a call that takes too long is answered. \"Error codes\" has 604 and, for gateways, HTTP 502."
    timedOutWrite timed_out_write: TimedOutWrite { Committed = "committed", Discarded = "discarded" }
        "What becomes of a write that takes too long. \"Error codes\" calls it not executed, which no client should rely on."
    usageDays usage_days: UsageDays { All = "all", WithCalls = "withCalls" }
        "Which days last7days lists. \"Usage\" shows one object for each day and no day without calls."
}
