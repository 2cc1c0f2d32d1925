"""Three operations in two years on five nodes of their own; everybody in them is generated.

April 2018: Guyana and Trinidad and Tobago. November 2018: Suriname comes, Trinidad and Tobago goes. November
2019: Guyana and Suriname. Whom Guyana's police met in the first, Suriname's police meet in the third.
"""
