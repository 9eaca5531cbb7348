//! The table of switches. A new switch is an entry here and the one place that reads it.
//!
//! The first value is that of the preset `recorded`, and so the default: what a live instance answered, or else the stricter
//! reading. The other presets are in `preset`.
//!
//! Names in quotes are pages of Adobe's REST documentation. "Seen" means a reply of a live instance
//! that someone recorded or tested for. A value of digits only is the code or status in the answer.

use super::switch::{AnswerError, Switch, switches};

switches! {
    roleUnknownLead role_unknown_lead: RoleUnknownLead { Lead = "1004", Object = "1013" }
        "A role refers to a lead that does not exist. \"Custom Objects\" has 1004 for a missing linked lead."
    roleHiddenLead role_hidden_lead: RoleHiddenLead { NotFound = "1004", Denied = "1008" }
        "A role refers to a lead in a partition that the API user does not see. \"Leads\": such a lead seems not to exist. 1008 is \"Access denied to partition\"."
    roleUnknownOpportunity role_unknown_opportunity: RoleUnknownOpportunity { Object = "1013", Invalid = "1003" }
        "A role refers to an opportunity that does not exist. \"Error codes\": 1013 is \"Object not found\"."
    createExisting create_existing: CreateExisting { Object = "1017", Lead = "1005" }
        "createOnly for an existing key. \"Error codes\": 1017 is \"Object already exists\"; 1005 is the same for leads."
    updateMissing update_missing: UpdateMissing { Object = "1013", Invalid = "1003" }
        "updateOnly for a record that does not exist. \"Error codes\": 1013 is \"Object not found\"."
    missingKey missing_key: MissingKey { Invalid = "1003", Parameter = "1002", Blank = "701" }
        "A record without a part of its key. Seen for other missing members: 1003 with \"... not specified\"."
    nullName null_name: NullName { Invalid = "1003", Blank = "701", Accepted = "accepted" }
        "An opportunity with the name null. \"Opportunities\" forbids it but gives no code."
    missingName missing_name: MissingName { Accepted = "accepted", Invalid = "1003" }
        "A new opportunity without a name. Seen on a live instance: it is created."
    tooLongString too_long_string: TooLongString { Invalid = "1003", Exceeds = "1077", Truncated = "truncated" }
        "Text longer than its field. \"Error codes\": 1003 is for invalid data; merges use 1077."
    textLength text_length: TextLength { Characters = "characters", Bytes = "bytes" }
        "The unit of a field's length. \"Field types\" counts bytes, but only for text areas."
    badValue bad_value: BadValue { Invalid = "1003", Type = "1001", DatesFormat = "704ForDates" }
        "An invalid date, number or boolean. Seen for leads: 1003. \"Error codes\" also has 1001 (type mismatch) and 704 (date format)."
    percentValue percent_value: PercentValue { Decimal = "decimal", Whole = "whole" }
        "A percent with decimals. Seen: instances have such values. \"Field types\" has whole numbers only."
    nullBoolean null_boolean: NullBoolean { False = "false", Null = "null", System = "611" }
        "A boolean that is written as null. Seen for leads: it is stored as false. A client of roles never sends null, \"to avoid system errors\", which is 611."
    zonelessDatetime zoneless_datetime: ZonelessDatetime { Refused = "refused", Central = "usCentral" }
        "A datetime without an offset. \"Field types\" recommends an offset; older pages use the time zone of the instance."
    fourByteCharacters four_byte_characters: FourByteCharacters { Stored = "stored", Dropped = "dropped", Refused = "refused" }
        "Text with characters of four bytes, such as emoji. \"Field types\" allows UTF-8 with up to four bytes; older databases drop or refuse such characters."
    unknownField unknown_field: UnknownField { Record = "record1006", Response = "response1006", Ignored = "ignored" }
        "A record with a field that the object does not have. \"Error codes\" lists 1006 as a code of records. Seen for leads: 1006 for the whole call."
    fieldNameCase field_name_case: FieldNameCase { Any = "any", Exact = "exact" }
        "A field name in another letter case. Samples of Adobe have externalopportunityid and marketoGuid."
    readOnlyField read_only_field: ReadOnlyField { Invalid = "1003", Ignored = "ignored" }
        "A write of a field that is not updateable. \"Error codes\": 1003 is for invalid data."
    repeatedKey repeated_key: RepeatedKey { Duplicate = "1036", Applied = "applied" }
        "A key that occurs twice in one call. \"Error codes\": 1036 is \"Duplicate object found in input\"; its example is companies."
    keyCase key_case: KeyCase { Folded = "folded", Exact = "exact" }
        "Keys that differ only in letter case. The pages on CRM sync require ids that are unique regardless of case."
    keyBlanks key_blanks: KeyBlanks { Trimmed = "trimmed", Kept = "kept" }
        "Keys that differ only in outer blanks. No page covers this. A simulator that keeps them separate would hide mistakes."
    noopUpdate noop_update: NoopUpdate { Touched = "touched", Untouched = "untouched" }
        "An update without changes. The status is \"updated\", but no page says whether updatedAt changes."
    secondPrimary second_primary: SecondPrimary { Accepted = "accepted", Invalid = "1003" }
        "A second primary role of an opportunity. \"Opportunity Roles\" does not forbid it."
    unknownCompany unknown_company: UnknownCompany { Object = "1013", Stored = "stored" }
        "An externalCompanyId without a company, once the instance knows any. \"CRM Synchronization Architecture\": the company must exist. No page gives a code."
    unknownSalesPerson unknown_sales_person: UnknownSalesPerson { Response = "response718", Record = "record718" }
        "An externalSalesPersonId without a sales person, once the instance knows any. \"Error codes\" lists 718 as a code of responses, and names Sync Opportunities only."
    leadCompanyFields lead_company_fields: LeadCompanyFields { Refused = "1021", Company = "changeTheCompany" }
        "A sync of a lead that has joined a company, with fields of the company. \"Error codes\": 1021 is \"Company update not allowed\". An article of Adobe's knowledge base (ka-28156): the change goes to the company."
    leadLeavesCompany lead_leaves_company: LeadLeavesCompany { Invalid = "1003", Ignored = "ignored" }
        "A sync that clears the externalCompanyId of a lead. \"Companies\": a lead leaves its company only for another one. No page gives the answer."
    leadLinkFilters lead_link_filters: LeadLinkFilters { Refused = "refused", Allowed = "allowed" }
        "Whether leads can be searched by externalCompanyId and externalSalesPersonId. \"Leads\" does not list them."
    crmWrite crm_write: CrmWrite { Record = "record1018", Response = "response1018" }
        "A write of opportunities, companies or sales persons while native CRM sync is on. \"Error codes\" lists 1018 as a code of records."
    crmRoles crm_roles: CrmRoles { NotFound = "610", Denied = "603", Disabled = "703" }
        "A call to a role endpoint while native CRM sync is on. \"Opportunity Roles\": the endpoints are not exposed, which is the meaning of 610."
    crmManaged crm_managed: CrmManaged { Omitted = "omitted", Shown = "shown" }
        "Whether describe has crmManaged while native CRM sync is on. The published description has the member, the samples do not."
    deleteMissing delete_missing: DeleteMissing { Object = "objectNotFound", Record = "recordNotFound" }
        "The message of 1013 for the delete of a missing opportunity or role. \"Custom Objects\" has \"Object not found\". \"Companies\" and \"Sales Persons\" have \"Record not found\", which is the answer for these objects."
    deleteExtraMembers delete_extra_members: DeleteExtraMembers { Invalid = "1003", Field = "1006", Ignored = "ignored" }
        "A delete with members besides the key. Seen for custom objects: each record is skipped, with an unrecorded code."
    deleteOpportunityWithRoles delete_opportunity_with_roles: DeleteOpportunityWithRoles { Cascade = "cascade", InUse = "inUse", Orphan = "orphan" }
        "A delete of an opportunity with roles. Release notes of January 2023: the call takes people off the opportunity. \"CRM Synchronization Architecture\": roles must be deleted first. 1022 is \"Object in use\"."
    deleteCompanyInUse delete_company_in_use: DeleteCompanyInUse { InUse = "inUse", Orphan = "orphan" }
        "A delete of a company to which other records refer. No page covers it. \"Error codes\": 1022 is for an object that another one uses. With orphan the other records keep its id."
    deleteSalesPersonInUse delete_sales_person_in_use: DeleteSalesPersonInUse { InUse = "inUse", Documented = "documentedUses", Orphan = "orphan" }
        "A delete of a sales person to which other records refer. \"Sales Persons\": it is skipped, for example because of leads, or of a company that has been deleted. No page gives the code; 1022 is \"Object in use\". With documentedUses only these two count, with inUse opportunities and companies too."
    invalidAction invalid_action: InvalidAction { Invalid = "1003", Type = "1001" }
        "A sync with an unknown action. Seen for an unknown dedupeBy: 1003."
    idFieldWithCreateOnly id_field_with_create_only: IdFieldWithCreateOnly { Response = "response1003", Record = "record1003" }
        "createOnly with dedupeBy idField. \"Lead Database\" forbids it. Seen for an unknown dedupeBy: 1003."
    idFieldWithUpsert id_field_with_upsert: IdFieldWithUpsert { Response = "response1003", Record = "record1003", Updates = "updates" }
        "createOrUpdate with dedupeBy idField. \"Custom Objects\" allows idField only with updateOnly; \"Lead Database\" forbids it only with createOnly. A GUID never creates a record."
    tooManyRecords too_many_records: TooManyRecords { Invalid = "1003", Type = "1001" }
        "A call with more than 300 records. \"Lead Database\" has the limit but no code."
    emptyInput empty_input: EmptyInput { Invalid = "1003", Parameter = "1002" }
        "A call without records. Seen for leads: 1003 with \"... not specified\"."
    queryInSync query_in_sync: QueryInSync { Refused = "1003", Ignored = "ignored" }
        "A sync with filterType, filterValues, fields, batchSize or nextPageToken: surely a query without _method=GET. No page covers it."
    dedupeByInDelete dedupe_by_in_delete: DedupeByInDelete { Refused = "1003", Ignored = "ignored" }
        "A delete with dedupeBy, which surely means deleteBy. The published description confuses the two, and no page covers it."
    unknownMember unknown_member: UnknownMember { Ignored = "ignored", Refused = "1003" }
        "A call with another member that it does not have, such as lookupField. Seen: clients send it. The simulator lists the ones that it ignores."
    filterNotSearchable filter_not_searchable: FilterNotSearchable { Invalid = "1003", Unsupported = "1011" }
        "A filterType that is not a searchable field. Seen for custom objects: 1003. 1011 is \"Field not supported\"."
    tooManyValues too_many_values: TooManyValues { Invalid = "1003", Truncated = "truncated" }
        "A query with more than 300 filterValues. \"Opportunities\" has the limit but no code."
    unknownQueryField unknown_query_field: UnknownQueryField { Field = "1006", Invalid = "1003", Ignored = "ignored" }
        "An unknown name in fields. \"Error codes\": 1006 is \"Field not found\"."
    defaultFields default_fields: DefaultFields { Keys = "keysAndTimes", Sample = "sample" }
        "The fields of a query that names none. The published description: keys, createdAt, updatedAt and the filter. The sample of \"Opportunities\" also has name, description, amount and source, that of \"Companies\" the name, and neither has times. Sales persons have all fields with a value."
    batchSizeBeyond batch_size_beyond: BatchSizeBeyond { Invalid = "1003", Type = "1001", Clamped = "clamped" }
        "A batchSize that is not between 1 and 300. \"Opportunities\" has the limit. Refusing the call reveals mistakes that clamping would hide."
    refusedPageToken refused_page_token: RefusedPageToken { Invalid = "1003", NoData = "702" }
        "A nextPageToken that is invalid or belongs to another query. \"Paging tokens\" gives no code."
    pageTokenLife page_token_life: PageTokenLife { Unlimited = "unlimited", TenMinutes = "tenMinutes" }
        "The lifetime of a nextPageToken. \"Paging tokens\" does not state it."
    querySeq query_seq: QuerySeq { Page = "page", FilterValue = "filterValue" }
        "The meaning of seq in the rows of a query. The samples of \"Opportunities\" fit both the position in the page and the index of the filter value."
    queryOrder query_order: QueryOrder { Asked = "asked", Reversed = "reversed" }
        "The order of rows in a page. No page guarantees an order."
    emptyField empty_field: EmptyField { Null = "asNull", Omitted = "omitted" }
        "A requested field without a value, of any object but leads. Seen: explicit nulls, for companies too. \"Opportunities\": a requested field that is not returned is null."
    unsetBoolean unset_boolean: UnsetBoolean { Recorded = "recorded", Null = "null" }
        "A boolean that was never written. Seen: null for opportunities, false for roles and leads. No page states it."
    numberForm number_form: NumberForm { Numbers = "numbers", Amounts = "amountsAsText", Text = "text" }
        "The form of numbers in replies. Seen: numbers. A sample of \"Opportunities\" has the amount in quotes."
    decimalForm decimal_form: DecimalForm { Double = "double", TwoPlaces = "twoPlaces", Decimal = "decimal" }
        "The form of currencies and floats in replies. Seen: amounts as 15000.00, and 34.66 for leads, which may be doubles. Java writes a double 12345678 as 1.2345678E7, which is the strictest reading. The samples have no zeros at the end."
    datetimeForm datetime_form: DatetimeForm { Utc = "utc", Offset = "offset", Zoneless = "withoutZone", Both = "utcAndOffset" }
        "The form of datetimes in query replies. Seen: UTC with Z; before 2015 UTC without T and Z; elsewhere in the API Z+0000. \"Field types\" shows an offset."
    guidBlank guid_blank: GuidBlank { None = "none", Trailing = "trailing" }
        "Whether a query's marketoGUID ends with a blank, as in the samples of \"Opportunities\". The blank is probably a mistake on the page."
    lastPage last_page: LastPage { Omitted = "omitted", Said = "moreResultFalse" }
        "Whether the last page has moreResult, of any object but leads. The samples omit it."
    emptyResult empty_result: EmptyResult { List = "list", Omitted = "omitted" }
        "A result without rows. The published description requires the member. Seen for other endpoints: it is omitted."
    envelope envelope: Envelope { Short = "short", Full = "full" }
        "Whether replies have empty errors and warnings. The published description requires them; recorded replies do not have them."
    amountType amount_type: AmountType { Currency = "currency", Float = "float" }
        "The data type of amount and expectedRevenue. Seen: currency. No page states it."
    probabilityType probability_type: ProbabilityType { Integer = "integer", Percent = "percent" }
        "The data type of probability. Seen: integer. No page states it."
    companyIdLength company_id_length: CompanyIdLength { Fifty = "50", Hundred = "100" }
        "The length of externalCompanyId and externalSalesPersonId, wherever a record has them. Seen: 50. The sample of \"Companies\": 100."
    websiteType website_type: WebsiteType { String = "string", Url = "url" }
        "The data type of a company's website. Seen in 2016: string. The sample of \"Companies\" of 2022: url."
    billingFields billing_fields: BillingFields { Hidden = "undescribed", Described = "described" }
        "Whether describe has the billing address of companies. Seen: rows have it, and describe of the same instance does not. No page states it."
    salesPersonIdLength sales_person_id_length: SalesPersonIdLength { Fifty = "50", Page = "255" }
        "The length of externalSalesPersonId of sales persons. Seen: 50 where other records refer to them. The sample of \"Sales Persons\": 255."
    salesPersonEmail sales_person_email: SalesPersonEmail { Fixed = "fixed", Updateable = "updateable" }
        "Whether the e-mail address of a sales person can be changed. The sample of \"Sales Persons\": not updateable. It may be of a build before the release."
    sampleFields sample_fields: SampleFields { Absent = "absent", Present = "present" }
        "Whether opportunities have source and forecastCategory. Seen: they do not. The samples of \"Opportunities\" use source, older pages list forecastCategory."
    roleKeyFields role_key_fields: RoleKeyFields { Recorded = "recorded", Fixed = "fixed" }
        "What describe says of the key of roles. Seen: updateable, the opportunity id without a length, the role name with 255. \"Opportunity Roles\": not updateable, both with a length of 50. Either way a key cannot be changed."
    describeForm describe_form: DescribeForm { Recorded = "recorded", Samples = "samples" }
        "The form of describe. Seen: a description, API names as display names, fields sorted by name, and createdAt and updatedAt for roles. The samples are of a build before the release."
    badCredentials bad_credentials: BadCredentials { InvalidClient = "invalid_client", Unauthorized = "unauthorized" }
        "The error of identity for a wrong id or secret. Seen: invalid_client. Other clients also expect unauthorized."
    unknownClient unknown_client: UnknownClient { Named = "noSuchClient", Vague = "badCredentials" }
        "The description that identity returns for an unknown client id. \"Authentication\" has only the status."
    badGrantType bad_grant_type: BadGrantType { BadRequest = "400", Unauthorized = "401" }
        "The status for a missing or unknown grant_type. RFC 6749 has 400; \"Error codes\" has only 401."
    identityForm identity_form: IdentityForm { Read = "read", Ignored = "ignored" }
        "Whether identity reads a form body. The published description has query parameters for both methods; clients send forms."
    missingToken missing_token: MissingToken { Denied = "603", Missing = "600", Invalid = "601" }
        "A call without a token. Release notes of August 2022: 603, and 600 is withdrawn. Older lists of codes have 600."
    queryToken query_token: QueryToken { Denied = "603", Invalid = "601", Missing = "600", Accepted = "accepted" }
        "A token in the parameter access_token, which is removed on 31 August 2026. No page states the answer after that; ignored, it is a missing token."
    schemaPermission schema_permission: SchemaPermission { Either = "either", Custom = "customField", Both = "both" }
        "The permission that the schema endpoints require. The published description lists two, \"Endpoint reference\" lists one."
    checkOrder check_order: CheckOrder { PathFirst = "pathFirst", TokenFirst = "tokenFirst" }
        "Whether callers without a token learn that a path or method is unknown. No page states an order of checks."
    notFoundStatus not_found_status: NotFoundStatus { Ok = "200", NotFound = "404" }
        "The HTTP status of 610. \"Error codes\" implies 200; a published test of another client has 404."
    refusedCalls refused_calls: RefusedCalls { Free = "free", Counted = "counted" }
        "Whether a call that is answered with a code counts for the limits. A note in \"Error codes\" says that it does not, but not for which codes."
    serverTimeOut server_time_out: ServerTimeOut { TimeOut = "604", Gateway = "502" }
        "The answer to a call that takes too long. \"Error codes\" has 604 and, for gateways, HTTP 502."
    timedOutWrite timed_out_write: TimedOutWrite { Committed = "committed", Discarded = "discarded" }
        "Whether a write that takes too long is stored. \"Error codes\" calls it not executed, but a client should not rely on that."
    usageDays usage_days: UsageDays { All = "all", WithCalls = "withCalls" }
        "The days that last7days lists. \"Usage\" shows one object per day, but no day without calls."
}
