/* The header of a frame, and what every cluster has. */

#include "drivers/zigbee/zcl.h"

#define CONTROL_TYPE 0x03U
#define CONTROL_MANUFACTURER 0x04U
#define CONTROL_FROM_SERVER 0x08U
#define CONTROL_NO_DEFAULT_RESPONSE 0x10U

const char *zcl_status_name(uint8_t status)
{
	switch (status) {
	case ZCL_SUCCESS:
		return "SUCCESS";
	case ZCL_FAILURE:
		return "FAILURE";
	case ZCL_NOT_AUTHORIZED:
		return "NOT_AUTHORIZED";
	case ZCL_MALFORMED_COMMAND:
		return "MALFORMED_COMMAND";
	case ZCL_UNSUP_CLUSTER_COMMAND:
		return "UNSUP_CLUSTER_COMMAND";
	case ZCL_UNSUPPORTED_ATTRIBUTE:
		return "UNSUPPORTED_ATTRIBUTE";
	case ZCL_INVALID_VALUE:
		return "INVALID_VALUE";
	case ZCL_ABORT:
		return "ABORT";
	case ZCL_INVALID_IMAGE:
		return "INVALID_IMAGE";
	case ZCL_WAIT_FOR_DATA:
		return "WAIT_FOR_DATA";
	case ZCL_NO_IMAGE_AVAILABLE:
		return "NO_IMAGE_AVAILABLE";
	case ZCL_REQUIRE_MORE_IMAGE:
		return "REQUIRE_MORE_IMAGE";
	default:
		return "a status";
	}
}

bool zcl_get_header(struct zcl_header *header, struct octets_in *in)
{
	uint8_t control = octets_get8(in);

	*header = (struct zcl_header){
		.type = control & CONTROL_TYPE ? ZCL_CLUSTER_SPECIFIC : ZCL_GENERAL,
		.from_server = control & CONTROL_FROM_SERVER,
		.no_default_response = control & CONTROL_NO_DEFAULT_RESPONSE,
		.has_manufacturer = control & CONTROL_MANUFACTURER,
	};
	if (header->has_manufacturer)
		header->manufacturer = octets_get16(in);
	header->sequence = octets_get8(in);
	header->command = octets_get8(in);
	return !in->cut && (control & CONTROL_TYPE) <= ZCL_CLUSTER_SPECIFIC;
}

void zcl_put_header(const struct zcl_header *header, struct octets_out *out)
{
	unsigned control = header->type == ZCL_CLUSTER_SPECIFIC ? 1 : 0;

	if (header->has_manufacturer)
		control |= CONTROL_MANUFACTURER;
	if (header->from_server)
		control |= CONTROL_FROM_SERVER;
	if (header->no_default_response)
		control |= CONTROL_NO_DEFAULT_RESPONSE;
	octets_put(out, control, 1);
	if (header->has_manufacturer)
		octets_put(out, header->manufacturer, 2);
	octets_put(out, header->sequence, 1);
	octets_put(out, header->command, 1);
}

void zcl_put_default_response(const struct zcl_header *to, uint8_t status, struct octets_out *out)
{
	const struct zcl_header header = {.type = ZCL_GENERAL, .from_server = !to->from_server, .no_default_response = true,
					  .has_manufacturer = to->has_manufacturer, .manufacturer = to->manufacturer,
					  .sequence = to->sequence, .command = ZCL_DEFAULT_RESPONSE};

	zcl_put_header(&header, out);
	octets_put(out, to->command, 1);
	octets_put(out, status, 1);
}
